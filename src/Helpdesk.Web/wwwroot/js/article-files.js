// Pictures and files dropped or pasted into an article's text: sent to the desk, which answers with what the text says to show them.

function insert(field, text) {
  field.focus()
  field.setRangeText(text, field.selectionStart, field.selectionEnd, 'end')
  field.dispatchEvent(new Event('input', { bubbles: true }))
}

export function insertInto(id, text) {
  const field = document.getElementById(id)
  if (field && !field.disabled)
    insert(field, text)
}

// Listens around the form, whose fields are made anew whenever another text comes into it; where files go stands there too,
// and nowhere while the article cannot have any.
export function attach(aroundId, fieldId, pickerId, statusId, words) {
  const around = document.getElementById(aroundId)
  if (!around || around.dataset.takesFiles === 'yes')
    return
  around.dataset.takesFiles = 'yes'

  function say(text) {
    const status = document.getElementById(statusId)
    if (status)
      status.textContent = text
  }

  async function send(files) {
    const address = around.dataset.filesTo
    if (!address)
      return
    for (const file of files) {
      say(words.sending.replace('{0}', file.name))
      const form = new FormData()
      form.append('file', file)
      let answer
      try {
        answer = await fetch(address, { method: 'POST', body: form })
      } catch {
        say(words.failed.replace('{0}', file.name))
        return
      }
      if (!answer.ok) {
        const why = answer.status === 413 ? words.tooLarge : answer.status === 415 ? words.notTaken : words.failed
        say(why.replace('{0}', file.name))
        return
      }
      const { markdown } = await answer.json()
      const field = document.getElementById(fieldId)
      // the author went on to another article meanwhile: the file is kept with the one it was dropped on
      if (!field || around.dataset.filesTo !== address)
        return
      insert(field, markdown + '\n')
      say(words.done.replace('{0}', file.name))
    }
  }

  // dropped anywhere in the form a file must not take the place of the page
  around.addEventListener('dragover', event => {
    if ([...event.dataTransfer.types].includes('Files'))
      event.preventDefault()
  })
  around.addEventListener('drop', event => {
    if (event.dataTransfer.files.length > 0) {
      event.preventDefault()
      send([...event.dataTransfer.files])
    }
  })
  around.addEventListener('paste', event => {
    if (event.target.id === fieldId && event.clipboardData.files.length > 0) {
      event.preventDefault()
      send([...event.clipboardData.files])
    }
  })
  around.addEventListener('change', event => {
    if (event.target.id === pickerId) {
      send([...event.target.files])
      event.target.value = ''
    }
  })
}
