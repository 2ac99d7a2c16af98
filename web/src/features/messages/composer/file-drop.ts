import { toast } from '@/ui/toast-store'

interface Transferring {
  preventDefault: () => void
}

/** Files cannot be sent: whoever pastes or drops one is told so, and the browser does not leave the page for it. */
export function fileDrop(text: string) {
  const refuse = (event: Transferring, data: DataTransfer) => {
    // Copied text may come with a picture of itself.
    if (data.files.length === 0 || data.types.includes('text/plain')) return
    event.preventDefault()
    toast(text)
  }
  return {
    // Where nobody says that files are welcome, the browser opens them in place of the page.
    onDragOver: (event: Transferring & { dataTransfer: DataTransfer }) => {
      if (event.dataTransfer.types.includes('Files')) event.preventDefault()
    },
    onPaste: (event: Transferring & { clipboardData: DataTransfer }) =>
      refuse(event, event.clipboardData),
    onDrop: (event: Transferring & { dataTransfer: DataTransfer }) =>
      refuse(event, event.dataTransfer),
  }
}
