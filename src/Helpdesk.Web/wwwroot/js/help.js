// Makes the help centre quicker to use. Every page is complete without it.
"use strict";

// Print, and copy the address.
for (const place of document.querySelectorAll("[data-needs-script]")) place.hidden = false;
for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => print());
for (const button of document.querySelectorAll("[data-copy]"))
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(location.href.split("#")[0]);
    button.querySelector("[role=status]").textContent = button.dataset.copy;
  });

// Calls back when nothing was typed for a while; a newer call makes the older one's answer void.
function whenQuiet(wait, ask, show) {
  let timer, running;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      running?.abort();
      running = new AbortController();
      try {
        show(await ask(running.signal));
      } catch {
        // offline, too fast for the server, or overtaken: the page works without
      }
    }, wait);
  };
}

// Suggestions under a search field: a list of links that the arrow keys walk through.
for (const form of document.querySelectorAll("form[role=search][data-suggest]")) {
  const input = form.querySelector("input[type=search]");
  const list = document.createElement("div");
  list.className = "menu shown suggest";
  list.id = "suggestions-" + Math.random().toString(36).slice(2);
  list.role = "listbox";
  list.ariaLabel = input.ariaLabel;
  list.hidden = true;
  form.append(list);
  input.role = "combobox";
  input.autocomplete = "off";
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");
  let at = -1;

  const choose = (index) => {
    at = index;
    [...list.children].forEach((option, i) => option.setAttribute("aria-selected", i === at));
    if (at < 0) input.removeAttribute("aria-activedescendant");
    else input.setAttribute("aria-activedescendant", list.children[at].id);
  };
  const open = (isOpen) => {
    list.hidden = !isOpen;
    input.setAttribute("aria-expanded", isOpen);
    choose(-1);
  };
  const show = (found) => {
    list.replaceChildren(
      ...found.map((answer, i) => {
        const option = document.createElement("a");
        option.href = answer.address;
        option.id = list.id + "-" + i;
        option.role = "option";
        option.tabIndex = -1;
        const summary = document.createElement("small");
        option.append(answer.title, summary);
        summary.textContent = answer.summary;
        return option;
      }),
    );
    open(found.length > 0 && document.activeElement === input);
  };
  const ask = async (signal) => {
    const words = input.value.trim();
    if (words.length < 2) return [];
    const answer = await fetch(form.dataset.suggest + "?q=" + encodeURIComponent(words), { signal });
    return answer.ok ? answer.json() : [];
  };
  input.addEventListener("input", whenQuiet(150, ask, show));
  input.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    const count = list.children.length;
    if (event.key === "ArrowDown") choose((at + 1) % count);
    else if (event.key === "ArrowUp") choose(at <= 0 ? count - 1 : at - 1);
    else if (event.key === "Escape") open(false);
    else if (event.key === "Enter" && at >= 0) location.href = list.children[at].href;
    else return;
    event.preventDefault();
  });
  form.addEventListener("focusout", (event) => form.contains(event.relatedTarget) || open(false));
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // keeps the focus, so that the click lands
}

// Files that are too many or too large are told when they are chosen, before anything is sent.
for (const input of document.querySelectorAll("input[type=file][data-most-bytes]"))
  input.addEventListener("change", () => {
    const files = [...input.files];
    const bytes = files.reduce((sum, file) => sum + file.size, 0);
    const tooMuch = files.length > Number(input.dataset.mostFiles) || bytes > Number(input.dataset.mostBytes);
    input.setCustomValidity(tooMuch ? input.dataset.tooMuch : "");
    input.reportValidity();
  });

// Answers that fit a request while it is written, in the place where the page without script shows them.
for (const form of document.querySelectorAll("form[data-answers]")) {
  const aside = document.getElementById(form.dataset.answersInto);
  const fields = form.querySelectorAll("[name='Form.Subject'], [name='Form.Text']");
  const shown = form.querySelector("[name='Form.AnswersShown']");
  let before = "";
  const ask = async (signal) => {
    const words = new FormData();
    for (const field of fields) words.append(field.name.slice("Form.".length), field.value);
    const said = [...words.values()].join(" ").trim();
    if (said === before || said.length < 8) return null;
    before = said;
    const answer = await fetch(form.dataset.answers, { method: "POST", body: words, signal });
    return answer.ok ? answer.text() : null;
  };
  const show = (markup) => {
    if (markup === null) return;
    aside.innerHTML = markup; // made by our server, where every word was encoded
    if (aside.querySelector("a")) shown.value = "true";
  };
  for (const field of fields) field.addEventListener("input", whenQuiet(500, ask, show));
}
