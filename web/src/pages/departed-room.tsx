import { DoorOpen, Trash2 } from 'lucide-react'

import { KeptDraft } from '@/features/messages/kept-draft'
import { useTexts } from '@/i18n/language'
import { EmptyState } from '@/ui/empty-state'

import type { OpenRoom } from '@/features/rooms/use-open-room'

import { TextLink } from './text-link'

type Departed = Extract<OpenRoom, { status: 'departed' }>

/** The room went while it was open: says why, and keeps what one was writing. */
export function DepartedRoom({ news }: { news: Departed['departure'] }) {
  const t = useTexts()
  const { room, kind } = news
  const isDeleted = kind === 'deleted'
  return (
    <div role="alert" className="flex grow overflow-y-auto">
      <EmptyState
        icon={isDeleted ? Trash2 : DoorOpen}
        title={isDeleted ? t.departed.deleted(room.name) : t.departed.removed(room.name)}
        text={isDeleted ? t.departed.deletedText : t.departed.removedText}
      >
        <KeptDraft key={room.id} room={room.id} />
        <TextLink to="/">{t.chat.goToGeneral}</TextLink>
      </EmptyState>
    </div>
  )
}
