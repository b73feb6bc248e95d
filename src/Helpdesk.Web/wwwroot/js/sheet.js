// A table of fields that works like a sheet: arrows go from cell to cell, a digit replaces a level, a block from another sheet is
// pasted, Ctrl+Z takes back; what is changed is marked, listed and sent alone. Without this the table is a plain form.

const sheetOf = element => element.closest?.('[data-sheet]')

const fields = sheet => [...sheet.querySelectorAll('[data-was]')]

const isChanged = field => field.value.trim() !== field.dataset.was

const shown = (field, value) =>
  field.matches('select') ? [...field.options].find(option => option.value === value)?.text ?? value : value

function fill(pattern, values) {
  return pattern.replace(/\{(\d)\}/g, (whole, n) => values[n] ?? whole)
}

// under which this page's changes are kept while the tab is open
const place = `sheet ${location.pathname}${location.search}`

// what was done, newest last, each a list of [field, before, after]; and what was taken back
const histories = new WeakMap()

const atFirst = field =>
  field.matches('select') ? [...field.options].find(option => option.defaultSelected)?.value ?? '' : field.defaultValue

function historyOf(sheet) {
  if (!histories.has(sheet))
    histories.set(sheet, { seen: new Map(fields(sheet).map(field => [field, atFirst(field)])), done: [], undone: [] })
  return histories.get(sheet)
}

function note(sheet) {
  const history = historyOf(sheet)
  const step = fields(sheet).filter(field => field.value !== history.seen.get(field))
    .map(field => [field, history.seen.get(field), field.value])
  if (step.length === 0)
    return
  // letters typed one after the other into one field are one step
  const last = history.done.at(-1)
  if (step.length === 1 && last?.length === 1 && last[0][0] === step[0][0] && document.activeElement === step[0][0])
    last[0][2] = step[0][2]
  else
    history.done.push(step)
  history.undone = []
  for (const [field, , after] of step)
    history.seen.set(field, after)
}

function undo(sheet, again) {
  const history = historyOf(sheet)
  const step = (again ? history.undone : history.done).pop()
  if (!step)
    return
  (again ? history.done : history.undone).push(step)
  for (const [field, before, after] of step) {
    field.value = again ? after : before
    history.seen.set(field, field.value)
  }
  step[0][0].focus()
  step[0][0].select?.()
  tell(sheet)
}

function tell(sheet) {
  note(sheet)
  const changed = fields(sheet).filter(isChanged)
  for (const field of fields(sheet)) {
    field.toggleAttribute('data-changed', isChanged(field))
    if (field.matches('.level'))
      field.dataset.level = field.value
  }
  const count = sheet.querySelector('[data-sheet-count]')
  count.textContent = changed.length === 0 ? count.dataset.none
    : changed.length === 1 ? count.dataset.one
    : fill(count.dataset.many, [changed.length])
  const list = sheet.querySelector('[data-sheet-changes]')
  list.replaceChildren(...changed.map(field => {
    const line = document.createElement('li')
    line.textContent = fill(list.dataset.change, [
      field.closest('tr').dataset.person, field.dataset.column, shown(field, field.dataset.was), shown(field, field.value),
    ])
    return line
  }))
}

function go(field, rows, columns) {
  const target = cellAt(field, rows, columns)
  target?.focus()
  target?.select?.()
}

function cellAt(field, rows, columns) {
  const cell = field.closest('td')
  const all = [...cell.parentElement.parentElement.children]
  return all[all.indexOf(cell.parentElement) + rows]?.children[cell.cellIndex + columns]?.querySelector('input, select')
}

// what a cell can hold of what another sheet calls it; null = nothing, and the cell keeps what it has
function fitting(field, text) {
  if (field.matches('.level'))
    return text === '' ? '0' : /^[0-3]$/.test(text) ? text : null
  if (field.matches('select'))
    return [...field.options].find(option => option.text.trim() === text)?.value ?? null
  return text !== '' && Number.isFinite(Number(text)) ? text : null
}

document.addEventListener('paste', event => {
  const field = event.target
  const sheet = sheetOf(field)
  const text = event.clipboardData?.getData('text/plain') ?? ''
  if (!sheet || !field.matches('[data-was]'))
    return
  event.preventDefault()
  for (const [row, line] of text.replace(/\r?\n$/, '').split(/\r?\n/).entries())
    for (const [column, value] of line.split('\t').entries()) {
      const cell = cellAt(field, row, column)
      const fit = cell?.matches('[data-was]') ? fitting(cell, value.trim()) : null
      if (fit !== null)
        cell.value = fit
    }
  tell(sheet)
})

document.addEventListener('keydown', event => {
  const field = event.target
  const held = (event.ctrlKey || event.metaKey) && !event.altKey
  if (sheetOf(field) && held && field.matches('[data-was]') && /^[zy]$/i.test(event.key)) {
    undo(sheetOf(field), event.shiftKey || event.key.toLowerCase() === 'y')
    event.preventDefault()
    return
  }
  if (!sheetOf(field) || event.ctrlKey || event.metaKey || event.altKey || !field.matches('[data-was]'))
    return
  const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], Enter: [1, 0] }[event.key]
  // the numbers and lists beside the levels need their own arrows up and down
  if (step && (field.matches('.level') || step[1] !== 0 && field.matches('select'))) {
    go(field, ...step)
    event.preventDefault()
  } else if (event.key === 'Escape') {
    field.value = field.dataset.was
    field.select?.()
    tell(sheetOf(field))
  } else if (field.matches('.level') && (/^[0-3]$/.test(event.key) || event.key === 'Delete' || event.key === 'Backspace')) {
    field.value = event.key.length === 1 ? event.key : '0'
    field.select()
    tell(sheetOf(field))
    event.preventDefault()
  } else if (field.matches('.level') && event.key.length === 1) {
    event.preventDefault()
  }
})

document.addEventListener('focusin', event => {
  if (sheetOf(event.target) && event.target.matches('.level'))
    event.target.select()
})

for (const kind of ['input', 'change'])
  document.addEventListener(kind, event => {
    const sheet = sheetOf(event.target)
    if (sheet)
      tell(sheet)
  })

document.addEventListener('formdata', event => {
  if (!event.target.matches('[data-sheet]'))
    return
  const changed = fields(event.target).filter(isChanged)
  for (const field of fields(event.target))
    if (!changed.includes(field))
      event.formData.delete(field.name)
  sessionStorage.setItem(place, JSON.stringify(changed.map(field => [field.name, field.value])))
})

// whoever comes back from trying it finds what they typed; a name says what the cell held, so nothing falls on what was changed since
const isBack = performance.getEntriesByType('navigation')[0]?.type === 'back_forward'
for (const sheet of document.querySelectorAll('[data-sheet]')) {
  for (const [name, value] of isBack ? JSON.parse(sessionStorage.getItem(place) ?? '[]') : []) {
    const field = sheet.elements.namedItem(name)
    if (field)
      field.value = value
  }
  tell(sheet)
}
