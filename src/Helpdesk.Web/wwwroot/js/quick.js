// Short marks in a text: :: ?? @@ and what is typed after one open a list of what can stand in its place. What is in the list is the desk's;
// the field keeps the focus, and here is which option is marked.

// the last mark before the caret, at the beginning of a word; words after it may have spaces, but not begin with one
const LONGEST = 80
const MARK = /^(?:.*[\s(])?(::|\?\?|@@)(\S.{0,60}|)$/

export function attach(fieldId, listId, desk) {
  const field = document.getElementById(fieldId)
  const list = document.getElementById(listId)
  let place = null // the mark that the list is open for, or will be
  let left = -1 // where a mark stands whose list was closed by hand
  let asking = false
  let again = false
  let asked = ''

  const options = () => [...list.querySelectorAll('[role=option]')]
  const marked = () => list.querySelector('[aria-selected=true]')
  const isOpen = () => list.dataset.open === 'yes'

  function here() {
    if (field.selectionStart !== field.selectionEnd)
      return null
    const end = field.selectionStart
    const line = field.value.slice(Math.max(0, end - LONGEST), end)
    const found = MARK.exec(line.slice(line.lastIndexOf('\n') + 1))
    if (!found)
      return null
    const start = end - found[1].length - found[2].length
    return { start, end, mark: found[1], words: found[2], text: found[1] + found[2] }
  }

  function mark(option) {
    for (const other of options())
      other.setAttribute('aria-selected', other === option ? 'true' : 'false')
    if (option) {
      field.setAttribute('aria-activedescendant', option.id)
      option.scrollIntoView({ block: 'nearest' })
    } else {
      field.removeAttribute('aria-activedescendant')
    }
  }

  function close() {
    place = null
    asked = ''
    delete list.dataset.open
    field.removeAttribute('aria-controls')
    mark(null)
  }

  function open() {
    list.dataset.open = 'yes'
    const [first] = options()
    if (first)
      field.setAttribute('aria-controls', first.parentElement.id)
    mark(first ?? null)
  }

  async function look(byButton) {
    const found = here()
    if (!found || found.start !== left)
      left = -1
    if (!found || found.start === left)
      return close()
    place = { ...found, byButton: byButton || (place?.start === found.start && place.byButton) }
    if (asking) {
      again = true
      return
    }
    asking = true
    let isThere = false
    try {
      do {
        again = false
        const begins = asked !== place.mark + place.start
        asked = place.mark + place.start
        isThere = await desk.invokeMethodAsync('FindAsync', place.mark, place.words, begins)
      } while (again && place)
    } finally {
      asking = false
    }
    if (isThere && place && document.activeElement === field)
      open()
    else
      close()
  }

  function put(text, from, to) {
    field.focus()
    field.setRangeText(text, from, to, 'end')
    field.dispatchEvent(new Event('input', { bubbles: true }))
  }

  async function pick(option) {
    const { mark: kind, text, start, end } = place
    close()
    left = start
    const words = await desk.invokeMethodAsync('PickAsync', kind, option.dataset.value)
    if (words === null)
      return
    // written on meanwhile: then where the caret is
    const isThere = field.value.slice(start, end) === text
    put(words, isThere ? start : field.selectionStart, isThere ? end : field.selectionEnd)
  }

  function leave() {
    const { start, end, text, mark: kind, byButton } = place
    close()
    left = start
    // a mark that nobody typed goes again
    if (byButton && text === kind && field.value.slice(start, end) === text)
      put('', start, end)
  }

  function step(by) {
    const all = options()
    if (all.length > 0)
      mark(all[(all.indexOf(marked()) + by + all.length) % all.length])
    return all.length > 0
  }

  function use(key) {
    switch (key) {
      case 'ArrowDown': return step(1)
      case 'ArrowUp': return step(-1)
      case 'Escape': leave(); return true
      case 'Enter':
      case 'Tab':
        if (!marked())
          return false
        pick(marked())
        return true
    }
    return false
  }

  field.setAttribute('aria-autocomplete', 'list')
  field.setAttribute('aria-haspopup', 'listbox')
  field.addEventListener('keydown', event => {
    if (!isOpen() || event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey)
      return
    if (use(event.key)) {
      event.preventDefault()
      event.stopPropagation()
    }
  })
  field.addEventListener('input', () => look(false))
  // the caret went elsewhere
  for (const moved of ['click', 'keyup'])
    field.addEventListener(moved, () => {
      if (place && here()?.start !== place.start)
        close()
    })
  field.addEventListener('blur', close)
  // a press on the list leaves the focus where it is
  list.addEventListener('pointerdown', event => event.preventDefault())
  list.addEventListener('mousedown', event => event.preventDefault())
  list.addEventListener('click', event => {
    const option = event.target.closest('[role=option]')
    if (option && place)
      pick(option)
  })
  field.form?.addEventListener('click', event => {
    const button = event.target.closest('[data-quick]')
    if (!button || field.disabled)
      return
    field.focus()
    if (here()?.mark !== button.dataset.quick) {
      const before = field.value.slice(0, field.selectionStart)
      const mark = /(^|\s)$/.test(before) ? button.dataset.quick : ` ${button.dataset.quick}`
      field.setRangeText(mark, field.selectionStart, field.selectionEnd, 'end')
      field.dispatchEvent(new Event('input', { bubbles: true }))
    }
    left = -1
    look(true)
  })
  // typed before the script was there
  if (document.activeElement === field)
    look(false)
}
