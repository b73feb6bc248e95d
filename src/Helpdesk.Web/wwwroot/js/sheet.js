// A table of fields that works like a sheet: arrows go from cell to cell, a digit replaces a level, what is changed is marked, listed
// and sent alone. Without this the table is a plain form.

const sheetOf = element => element.closest?.('[data-sheet]')

const fields = sheet => [...sheet.querySelectorAll('[data-was]')]

const isChanged = field => field.value.trim() !== field.dataset.was

const shown = (field, value) =>
  field.matches('select') ? [...field.options].find(option => option.value === value)?.text ?? value : value

function fill(pattern, values) {
  return pattern.replace(/\{(\d)\}/g, (whole, n) => values[n] ?? whole)
}

function tell(sheet) {
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
  sheet.querySelector('[data-sheet-changes]').replaceChildren(...changed.map(field => {
    const line = document.createElement('li')
    line.textContent = fill(sheet.dataset.change, [
      field.closest('tr').dataset.person, field.dataset.column, shown(field, field.dataset.was), shown(field, field.value),
    ])
    return line
  }))
}

function go(field, rows, columns) {
  const cell = field.closest('td')
  const row = cell.parentElement
  const all = [...row.parentElement.children]
  const target = all[all.indexOf(row) + rows]?.children[cell.cellIndex + columns]?.querySelector('input, select')
  if (!target)
    return false
  target.focus()
  target.select?.()
  return true
}

document.addEventListener('keydown', event => {
  const field = event.target
  if (!sheetOf(field) || event.ctrlKey || event.metaKey || event.altKey || !field.matches('[data-was]'))
    return
  const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], Enter: [1, 0] }[event.key]
  // the numbers and lists beside the levels need their own arrows up and down
  if (step && (field.matches('.level') || step[1] !== 0 && field.matches('select'))) {
    go(field, ...step)
    event.preventDefault()
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
  for (const field of fields(event.target))
    if (!isChanged(field))
      event.formData.delete(field.name)
})

for (const sheet of document.querySelectorAll('[data-sheet]'))
  tell(sheet)
