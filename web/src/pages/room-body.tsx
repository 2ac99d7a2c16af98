import { CloudOff, DoorOpen } from 'lucide-react'

import { Conversation } from '@/features/messages/conversation'
import type { OpenRoom } from '@/features/rooms/use-open-room'
import { useTexts } from '@/i18n/language'
import { Button } from '@/ui/button'
import { EmptyState } from '@/ui/empty-state'
import { Spinner } from '@/ui/spinner'

import { DepartedRoom } from './departed-room'
import { TextLink } from './text-link'

interface Props {
  open: OpenRoom
  onAddMembers: () => void
}

export function RoomBody({ open, onAddMembers }: Props) {
  const t = useTexts()
  switch (open.status) {
    case 'ready':
      return (
        <Conversation
          key={open.room.id}
          room={open.room}
          title={open.title}
          onAddMembers={onAddMembers}
        />
      )
    case 'loading':
      return <Spinner />
    case 'failed':
      return (
        <EmptyState icon={CloudOff} title={t.chat.loadFailed} text={t.errors.UNREACHABLE}>
          <Button onClick={open.retry}>{t.common.retry}</Button>
        </EmptyState>
      )
    case 'gone':
      return (
        <EmptyState icon={DoorOpen} title={t.chat.goneTitle} text={t.chat.gone}>
          <TextLink to="/">{t.chat.goToGeneral}</TextLink>
        </EmptyState>
      )
    case 'departed':
      return <DepartedRoom news={open.departure} />
  }
}
