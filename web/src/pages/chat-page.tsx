import { CloudOff, DoorOpen } from 'lucide-react'
import { useState } from 'react'
import { useParams } from 'react-router'

import { ConnectionBanner } from '@/features/connection/connection-banner'
import { Conversation } from '@/features/messages/conversation'
import { RoomHeader } from '@/features/rooms/room-header'
import { type OpenRoom, useOpenRoom } from '@/features/rooms/use-open-room'
import { useUnreadTitle } from '@/features/rooms/use-unread-title'
import { useTexts } from '@/i18n/language'
import { useMedia } from '@/lib/use-media'
import { Button } from '@/ui/button'
import { EmptyState } from '@/ui/empty-state'
import { ErrorBoundary } from '@/ui/error-boundary'
import { Spinner } from '@/ui/spinner'

import { MembersSide } from './members-side'
import { RoomsSide } from './rooms-side'
import { TextLink } from './text-link'

export function ChatPage() {
  const { roomId } = useParams()
  const open = useOpenRoom(roomId)
  const isWide = useMedia('(min-width: 64rem)')
  const isNarrow = !useMedia('(min-width: 48rem)')
  const [drawer, setDrawer] = useState<'rooms' | 'members' | null>(null)
  const [showsMembers, setShowsMembers] = useState(true)
  useUnreadTitle(open.title)

  const close = () => setDrawer(null)
  const members = {
    isOpen: isWide ? showsMembers : drawer === 'members',
    onToggle: () => (isWide ? setShowsMembers(!showsMembers) : setDrawer('members')),
  }
  return (
    <div className="flex h-full overflow-hidden">
      <RoomsSide isNarrow={isNarrow} isOpen={drawer === 'rooms'} onClose={close} />
      <main className="flex min-w-0 grow flex-col bg-surface">
        <RoomHeader
          title={open.title}
          onOpenRooms={isNarrow ? () => setDrawer('rooms') : undefined}
          members={open.status === 'ready' ? members : undefined}
        />
        <ConnectionBanner />
        <ErrorBoundary key={roomId}>
          <RoomBody open={open} />
        </ErrorBoundary>
      </main>
      {open.status === 'ready' && members.isOpen && (
        <MembersSide room={open.room} isWide={isWide} onClose={close} />
      )}
    </div>
  )
}

function RoomBody({ open }: { open: OpenRoom }) {
  const t = useTexts()
  switch (open.status) {
    case 'ready':
      return <Conversation key={open.room.id} room={open.room} title={open.title} />
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
  }
}
