import type { Edit } from './format'

/** Types the edit as a person would, so that the browser can undo it. */
export function editText(area: HTMLTextAreaElement, { from, to, insert, select }: Edit): void {
  area.focus()
  area.setSelectionRange(from, to)
  if (!typeText(insert)) {
    area.setRangeText(insert, from, to, 'end')
    area.dispatchEvent(new InputEvent('input', { bubbles: true }))
  }
  area.setSelectionRange(...select)
}

export function insertText(area: HTMLTextAreaElement, insert: string): void {
  const { selectionStart: from, selectionEnd: to } = area
  const end = from + insert.length
  editText(area, { from, to, insert, select: [end, end] })
}

function typeText(text: string): boolean {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- nothing else keeps the history of what was typed
  return 'execCommand' in document && document.execCommand('insertText', false, text)
}
