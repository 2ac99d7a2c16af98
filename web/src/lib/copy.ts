/** Whether the text is on the clipboard now. */
export async function copyText(text: string): Promise<boolean> {
  // Typed as always there, but absent over plain http.
  const clipboard = navigator.clipboard as Clipboard | undefined
  try {
    if (!clipboard) return copyBySelection(text)
    await clipboard.writeText(text)
    return true
  } catch {
    return false
  }
}

function copyBySelection(text: string): boolean {
  const focused = document.activeElement
  const area = document.createElement('textarea')
  area.value = text
  // In an open dialog nothing outside can be selected.
  const dialogs = document.querySelectorAll('dialog[open]')
  ;(dialogs[dialogs.length - 1] ?? document.body).append(area)
  area.select()
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- the only way over plain http
  const isCopied = document.execCommand('copy')
  area.remove()
  if (focused instanceof HTMLElement) focused.focus()
  return isCopied
}
