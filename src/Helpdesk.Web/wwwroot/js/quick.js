// Short marks in a text: :: ?? @@ and what is typed after one open a list of what can stand in its place. What is in the list is the desk's;
// the field keeps the focus, and here is which option is marked.

// the last mark before the caret, at the beginning of a word; up to four words after it are looked for, and may be replaced
const LONGEST = 80
const MARK = /^(?:.*[\s(])?(::|\?\?|@@)(?=.{0,60}$)([\p{L}\p{N}]\S*(?: \S+){0,3} ?|)$/u

export function attach(fieldId, listId, desk) {
  const field = document.getElementById(fieldId)
  const list = document.getElementById(listId)
  if (!field || !list)
    return // the page was left meanwhile
  let place = null // the mark that the list is open for, or will be
  let left = -1 // where a mark stands whose list was closed by hand
  let asking = false
  let again = false
  let begun = '' // the mark that the desk was asked about last
  let nothing = null // where nothing fitted: more words will not fit either
  let chosen = null // what the arrow keys went to
  let held = '' // Enter or Tab, for a list that is still to come

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

  // two question marks may be just that
  const isPunctuation = () => place.mark === '??' && !place.words && !place.byButton && chosen === null

  // an article is also found by words that are not quite its own
  const isVain = found => nothing && found.mark !== '??' && nothing.mark === found.mark && nothing.start === found.start
    && found.words.startsWith(nothing.words)

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
    place = chosen = null
    held = ''
    delete list.dataset.open
    field.removeAttribute('aria-controls')
    mark(null)
  }

  // closes, and the next mark is a new one
  function forget() {
    close()
    begun = ''
    nothing = null
  }

  function open() {
    list.dataset.open = 'yes'
    const all = options()
    if (all.length > 0)
      field.setAttribute('aria-controls', all[0].parentElement.id)
    const kept = all.find(option => option.dataset.value === chosen)
    if (!kept)
      chosen = null
    mark(kept ?? (isPunctuation() ? null : all[0] ?? null))
  }

  async function look(byButton) {
    if (held)
      return // what stood there at that key counts
    const found = here()
    if (!found || found.start !== left)
      left = -1
    if (!found || found.start === left)
      return forget()
    if (isVain(found))
      return close()
    if (place && (place.start !== found.start || place.mark !== found.mark))
      chosen = null
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
        const begins = begun !== place.mark + place.start
        begun = place.mark + place.start
        isThere = await desk.invokeMethodAsync('FindAsync', place.mark, place.words, begins)
        nothing = isThere ? null : place
      } while (again && place)
    } catch {
      isThere = false
      begun = ''
      nothing = null
    } finally {
      asking = false
    }
    show(isThere)
  }

  // shows what came, or not, and does what a key waits for
  function show(isThere) {
    const [was, key] = [place, held]
    if (isThere && was && document.activeElement === field)
      open()
    else
      close()
    held = ''
    if (!key || !was)
      return
    if (marked())
      pick(marked())
    else if (key === 'Enter' && field.value.slice(was.start, was.end) === was.text)
      put('\n', was.end, was.end)
  }

  // the caret goes behind it, or stays behind what was written after it
  function put(text, from, to) {
    const caret = field.selectionStart > to ? 'preserve' : 'end'
    field.focus()
    field.setRangeText(text, from, to, caret)
    field.dispatchEvent(new Event('input', { bubbles: true }))
  }

  async function pick(option) {
    const { mark: kind, text, start, end } = place
    forget()
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
    forget()
    left = start
    // a mark that nobody typed goes again
    if (byButton && text === kind && field.value.slice(start, end) === text)
      put('', start, end)
  }

  function step(by) {
    const all = options()
    if (all.length === 0)
      return false
    const at = all.indexOf(marked())
    const next = at < 0 && by < 0 ? all.at(-1) : all[(at + by + all.length) % all.length]
    mark(next)
    chosen = next.dataset.value
    return true
  }

  // what is in the list is for fewer words than were typed by now: the key waits for the answer, but not twice
  function hold(key) {
    const isHeld = !held && (isOpen() || (key === 'Enter' && place.words !== ''))
    held = isHeld ? key : ''
    return isHeld
  }

  function use(key) {
    switch (key) {
      case 'ArrowDown': return isOpen() && step(1)
      case 'ArrowUp': return isOpen() && step(-1)
      case 'Escape':
        if (!isOpen())
          return false
        leave()
        return true
      case 'Enter':
      case 'Tab':
        if (isPunctuation())
          return false
        if (asking)
          return hold(key)
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
    if (!place || event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey)
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
      if (place && !held && here()?.start !== place.start)
        forget()
    })
  field.addEventListener('blur', forget)
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
