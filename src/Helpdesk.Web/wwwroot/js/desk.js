// Keys of the desk. Every key stands for something visible on the page that carries it as data-key, so nothing works by key alone and
// links work before the circuit is up. Single keys are silent in fields and where the page says data-keys="off".

const CHORD_MS = 1200
let chord = null

const visible = element => element.getClientRects().length > 0

// what stands in a closed menu counts, where the button that opens the menu is seen
const offered = element => {
  const menu = element.closest('[popover]')
  return menu !== null && [...document.querySelectorAll(`[popovertarget="${CSS.escape(menu.id)}"]`)].some(visible)
}

const find = key => {
  const all = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)]
  return all.find(visible) ?? all.find(offered)
}

function use(element) {
  if (!element.matches('a, button, input, textarea, select'))
    element = element.querySelector('a, button')
  if (!element || element.disabled)
    return false
  if (element.matches('input, textarea, select'))
    element.focus()
  else
    element.click()
  return true
}

function isTyping(target) {
  return target.closest('input:not([type=checkbox]), textarea, select, [contenteditable]') !== null
}

function rows() {
  return [...document.querySelectorAll('tr[data-row]')]
}

function move(step) {
  const all = rows()
  const at = all.findIndex(row => row.contains(document.activeElement))
  const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + step))]
  const link = next?.querySelector('.subject a')
  link?.focus()
  link?.scrollIntoView({ block: 'nearest' })
  return link !== undefined
}

function onRow(selector) {
  const found = document.activeElement?.closest('tr[data-row]')?.querySelector(selector)
  found?.click()
  return found !== undefined && found !== null
}

function single(key) {
  switch (key) {
    case 'f':
      if (!isFull())
        break
      fullScreen()
      return true
    case 'j': return move(1)
    case 'k': return move(-1)
    case 'o': return onRow('.subject a')
    case 'x': return onRow('[data-select]')
  }
  const element = find(key)
  return element !== undefined && use(element)
}

function chordOf(key, now) {
  const begun = chord !== null && now - chord < CHORD_MS
  chord = null
  if (begun) {
    const element = find(`g ${key}`)
    return element !== undefined && use(element)
  }
  if (key === 'g') {
    chord = now
    return true
  }
  return null
}

document.addEventListener('keydown', event => {
  if (event.isComposing || event.altKey)
    return
  const control = event.ctrlKey || event.metaKey
  if (control && event.key === 'k') {
    event.preventDefault()
    document.getElementById('cmd')?.togglePopover()
    return
  }
  if (control && event.key === 'Enter') {
    const send = event.target.closest('form')?.querySelector('[data-key="Ctrl Enter"]')
    if (send && use(send))
      event.preventDefault()
    return
  }
  if (control || document.querySelector(':popover-open'))
    return
  if (isTyping(event.target)) {
    if (event.key === 'Escape')
      event.target.blur()
    return
  }
  if (event.key !== 'Escape' && document.querySelector('[data-keys="off"]'))
    return
  if (event.key === 'Escape')
    document.documentElement.classList.remove('filled')
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
  const done = chordOf(key, event.timeStamp) ?? single(key)
  if (done)
    event.preventDefault()
})

// Full screen is the browser's: it ends with Esc, and the style sheet asks :fullscreen. Where a browser has none, a class stands for it.
function isFull() {
  return document.fullscreenElement !== null || document.documentElement.classList.contains('filled')
}

function fullScreen() {
  const root = document.documentElement
  if (document.fullscreenElement)
    document.exitFullscreen()
  else if (root.requestFullscreen)
    root.requestFullscreen({ navigationUI: 'hide' }).catch(() => root.classList.toggle('filled'))
  else
    root.classList.toggle('filled')
}

document.addEventListener('click', event => {
  if (event.target.closest('[data-full]'))
    fullScreen()
  const copy = event.target.closest('[data-copy]')
  if (copy)
    navigator.clipboard?.writeText(copy.dataset.copy)
})

// The title of the page as the server sent it is taken away when the circuit begins, and comes back with the circuit's first answer. Until
// then it stays as it was: a tab without a name flickers, and a reader of the screen says the address instead.
const titles = document.head.getElementsByTagName('title')
const kept = document.createElement('title')
new MutationObserver(() => {
  if (titles.length === 0)
    document.head.append(kept)
  else if (titles.length > 1)
    kept.remove()
  if (!kept.isConnected)
    kept.textContent = document.title
}).observe(document.head, { childList: true, subtree: true, characterData: true })
kept.textContent = document.title

/** Puts the focus on something that is no control, such as a message that was just sent. */
export function focusOn(id) {
  const element = document.getElementById(id)
  if (!element)
    return
  element.tabIndex = -1
  element.focus({ preventScroll: true })
  element.scrollIntoView({ block: 'nearest' })
}

/** Shows the newest message when a ticket is opened, whole if it fits between head and answer field. */
export function showEnd(id) {
  const last = [...document.querySelectorAll(`#${CSS.escape(id)} .msg`)].pop()
  if (!last || !matchMedia('(min-width: 68rem)').matches)
    return
  const head = document.querySelector('.ticket-head')?.offsetHeight ?? 0
  const composer = document.querySelector('.composer')?.offsetHeight ?? 0
  const box = last.getBoundingClientRect()
  const toEnd = box.bottom - (innerHeight - composer)
  const toStart = box.top - head - 16
  scrollBy({ top: Math.min(toEnd, toStart), behavior: 'instant' })
}
