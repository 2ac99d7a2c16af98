import { ArrowUp, Check, X } from 'lucide-react'

import { shortText } from '@/i18n/dates'
import { useLanguage, useTexts } from '@/i18n/language'
import { useMessageTime } from '@/realtime/queries'
import { Button } from '@/ui/button'

interface Props {
  room: number
  /** The `seq` of the first that is unread. */
  first: number
  count: number
  /** How many are still to be loaded on the way there; null when one is not on the way. */
  toLoad: number | null
  onJump: () => void
  onStop: () => void
  onMarkRead: () => void
}

/** What waits further up, and what to do about it. */
export function UnreadBar({ room, first, count, toLoad, onJump, onStop, onMarkRead }: Props) {
  const t = useTexts()
  const language = useLanguage()
  const { data: time } = useMessageTime(room, first)
  const since = time ? shortText(t, language, time) : ''
  return (
    <div className="absolute inset-x-3 top-2 z-10 flex flex-wrap items-center gap-x-3 rounded-xl border border-line bg-raised py-1 pr-1 pl-4 shadow-raised md:inset-x-5">
      <p role="status" className="grow text-sm font-semibold max-md:pt-1.5">
        {t.messages.newSince(count, since)}
      </p>
      {toLoad === null ? (
        <Button look="plain" className="max-md:px-2" onClick={onJump}>
          <ArrowUp aria-hidden size={16} className="max-md:hidden" />
          {t.messages.jumpToFirst}
        </Button>
      ) : (
        <>
          <span className="text-sm text-muted">{t.messages.loadingNew(toLoad)}</span>
          <Button look="plain" className="max-md:px-2" onClick={onStop}>
            <X aria-hidden size={16} className="max-md:hidden" />
            {t.messages.stopLoading}
          </Button>
        </>
      )}
      <Button look="plain" className="max-md:px-2" onClick={onMarkRead}>
        <Check aria-hidden size={16} className="max-md:hidden" />
        {t.messages.markRead}
      </Button>
    </div>
  )
}
