import { useId, useState } from 'react'

import { useTexts } from '@/i18n/language'
import { useMe } from '@/realtime/live-context'
import { CopyButton } from '@/ui/copy-button'

import { loadDraft } from './drafts'

/** What one was writing in a room that one cannot write to any more. */
export function KeptDraft({ room }: { room: number }) {
  const t = useTexts()
  const me = useMe()
  const id = useId()
  const [draft] = useState(() => loadDraft(me.id, room))
  if (draft.trim() === '') return null
  return (
    <div className="flex w-full flex-col gap-2 text-left">
      <label htmlFor={id} className="text-sm font-medium">
        {t.departed.draft}
      </label>
      <textarea
        id={id}
        readOnly
        dir="auto"
        rows={4}
        value={draft}
        className="w-full rounded-lg border border-edge bg-surface px-3 py-2 text-base"
      />
      <CopyButton label={t.departed.copy} text={draft} />
    </div>
  )
}
