import { useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { useParams } from 'react-router'

import { ConnectionBanner } from '@/features/connection/connection-banner'
import { ShownFrom } from '@/features/connection/shown-from'
import { CreateRoomDialog } from '@/features/rooms/create-room-dialog'
import { RoomHeader } from '@/features/rooms/room-header'
import { RoomSwitcher } from '@/features/rooms/room-switcher'
import { useOpenRoom } from '@/features/rooms/use-open-room'
import { useRoomKeys } from '@/features/rooms/use-room-keys'
import { useUnreadTitle } from '@/features/rooms/use-unread-title'
import { ShortcutsDialog } from '@/features/shortcuts/shortcuts-dialog'
import { useTexts } from '@/i18n/language'
import { useMedia } from '@/lib/use-media'
import { ErrorBoundary } from '@/ui/error-boundary'
import type { Focusable } from '@/ui/text-field'

import { MembersSide } from './members-side'
import { RoomBody } from './room-body'
import { RoomsSide } from './rooms-side'
import { SkipLink } from './skip-link'
import { useRoomFocus } from './use-room-focus'

type Overlay = 'rooms' | 'members' | 'switcher' | 'keys' | { create: string } | null

const CONVERSATION = 'conversation'

export function ChatPage() {
  const t = useTexts()
  const { roomId } = useParams()
  const open = useOpenRoom(roomId)
  const isWide = useMedia('(min-width: 64rem)')
  const isNarrow = !useMedia('(min-width: 48rem)')
  const [overlay, setOverlay] = useState<Overlay>(null)
  const [showsMembers, setShowsMembers] = useState(true)
  const heading = useRef<HTMLHeadingElement>(null)
  const addField = useRef<Focusable>(null)
  useRoomFocus(heading, roomId, open.status)
  const close = () => setOverlay(null)
  const onSwitch = () => setOverlay('switcher')
  const onShowKeys = () => setOverlay('keys')
  const { unreadElsewhere } = useUnreadTitle(
    open.title,
    open.status === 'ready' ? open.room.id : undefined,
  )
  useRoomKeys({ current: open.status === 'ready' ? open.room : undefined, onSwitch, onShowKeys })

  const members = {
    isOpen: isWide ? showsMembers : overlay === 'members',
    onToggle: () => (isWide ? setShowsMembers(!showsMembers) : setOverlay('members')),
  }
  const addMembers = () => {
    // The field must be there before it can take the focus.
    flushSync(() => (isWide ? setShowsMembers(true) : setOverlay('members')))
    addField.current?.focus()
  }
  return (
    <div className="flex h-full overflow-hidden">
      <SkipLink to={CONVERSATION}>{t.chat.skip}</SkipLink>
      <RoomsSide
        isNarrow={isNarrow}
        isOpen={overlay === 'rooms'}
        onClose={close}
        onSwitch={onSwitch}
        onShowKeys={onShowKeys}
      />
      <main
        id={CONVERSATION}
        tabIndex={-1}
        className="outline-none flex min-w-0 grow flex-col bg-surface"
      >
        <RoomHeader
          title={open.title}
          heading={heading}
          unreadElsewhere={unreadElsewhere}
          onOpenRooms={isNarrow ? () => setOverlay('rooms') : undefined}
          members={open.status === 'ready' ? members : undefined}
        />
        <ConnectionBanner />
        <ShownFrom />
        <ErrorBoundary key={roomId}>
          <RoomBody open={open} onAddMembers={addMembers} />
        </ErrorBoundary>
      </main>
      {open.status === 'ready' && members.isOpen && (
        <ErrorBoundary key={`members-${roomId}`}>
          <MembersSide room={open.room} addField={addField} isWide={isWide} onClose={close} />
        </ErrorBoundary>
      )}
      {overlay === 'switcher' && (
        <RoomSwitcher onClose={close} onCreate={(name) => setOverlay({ create: name })} />
      )}
      {overlay === 'keys' && <ShortcutsDialog onClose={close} />}
      {typeof overlay === 'object' && overlay !== null && (
        <CreateRoomDialog initialName={overlay.create} onClose={close} onCreated={close} />
      )}
    </div>
  )
}
