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

export function attach(fieldId, pickerId, statusId, address, words) {
  const field = document.getElementById(fieldId)
  const picker = document.getElementById(pickerId)
  const status = document.getElementById(statusId)
  if (!field || field.dataset.takesFiles === 'yes')
    return
  field.dataset.takesFiles = 'yes'

  async function send(files) {
    for (const file of files) {
      status.textContent = words.sending.replace('{0}', file.name)
      const form = new FormData()
      form.append('file', file)
      let answer
      try {
        answer = await fetch(address, { method: 'POST', body: form })
      } catch {
        status.textContent = words.failed.replace('{0}', file.name)
        return
      }
      if (!answer.ok) {
        const why = answer.status === 413 ? words.tooLarge : answer.status === 415 ? words.notTaken : words.failed
        status.textContent = why.replace('{0}', file.name)
        return
      }
      insert(field, (await answer.json()).markdown + '\n')
      status.textContent = words.done.replace('{0}', file.name)
    }
  }

  field.addEventListener('dragover', event => {
    if ([...event.dataTransfer.types].includes('Files'))
      event.preventDefault()
  })
  field.addEventListener('drop', event => {
    if (event.dataTransfer.files.length > 0) {
      event.preventDefault()
      send([...event.dataTransfer.files])
    }
  })
  field.addEventListener('paste', event => {
    if (event.clipboardData.files.length > 0) {
      event.preventDefault()
      send([...event.clipboardData.files])
    }
  })
  picker?.addEventListener('change', () => {
    send([...picker.files])
    picker.value = ''
  })
}
