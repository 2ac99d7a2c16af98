import { SmilePlus } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { flushSync } from 'react-dom'

import { useTexts } from '@/i18n/language'
import { loadChunk } from '@/lib/load-chunk'
import { Dialog } from '@/ui/dialog'
import { IconButton } from '@/ui/icon-button'
import { Spinner } from '@/ui/spinner'

const EmojiPicker = lazy(async () => ({
  default: (await loadChunk(() => import('./emoji-picker'))).EmojiPicker,
}))

export function EmojiButton({ onChoose }: { onChoose: (emoji: string) => void }) {
  const t = useTexts()
  const [isOpen, setOpen] = useState(false)
  const choose = (emoji: string) => {
    // A dialog that closes gives the focus back to its button: the text takes it after that.
    flushSync(() => setOpen(false))
    onChoose(emoji)
  }
  return (
    <>
      <IconButton
        icon={SmilePlus}
        label={t.composer.emoji}
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
      />
      {isOpen && (
        <Dialog title={t.composer.emoji} place="sheet" onClose={() => setOpen(false)}>
          <Suspense fallback={<Spinner />}>
            <EmojiPicker onChoose={choose} />
          </Suspense>
        </Dialog>
      )}
    </>
  )
}
