import { CircleAlert } from 'lucide-react'
import { useState } from 'react'

import { codeText } from '@/i18n/failure-text'
import { useTexts } from '@/i18n/language'
import { useLive } from '@/realtime/live-context'
import { useUnsentElsewhere } from '@/realtime/queries'
import { Button } from '@/ui/button'
import { CopyButton } from '@/ui/copy-button'
import { Dialog } from '@/ui/dialog'

/** What was refused in rooms that one can open no more: there is no other place where it would be seen. */
export function UnsentElsewhere() {
  const t = useTexts()
  const { outbox } = useLive()
  const entries = useUnsentElsewhere()
  const [isOpen, setOpen] = useState(false)
  if (entries.length === 0) return null
  return (
    <>
      <Button look="caution" className="mx-3 mb-2" onClick={() => setOpen(true)}>
        <CircleAlert aria-hidden size={16} />
        {t.messages.unsentElsewhere(entries.length)}
      </Button>
      {isOpen && (
        <Dialog title={t.messages.unsentElsewhere(entries.length)} onClose={() => setOpen(false)}>
          <ul className="flex flex-col gap-4">
            {entries.map((entry) => (
              <li key={entry.clientMessageId} className="flex flex-col gap-2">
                <p dir="auto" className="whitespace-pre-wrap wrap-anywhere">
                  {entry.content}
                </p>
                <p className="text-sm text-danger-ink">{entry.code && codeText(t, entry.code)}</p>
                <div className="flex gap-2">
                  <CopyButton label={t.departed.copy} text={entry.content} />
                  <Button look="caution" onClick={() => outbox.discard(entry.clientMessageId)}>
                    {t.messages.discard}
                  </Button>
                </div>
              </li>
            ))}
          </ul>
        </Dialog>
      )}
    </>
  )
}
