import { Menu, Users } from 'lucide-react'
import type { RefObject } from 'react'

import { useTexts } from '@/i18n/language'
import { IconButton } from '@/ui/icon-button'

import { UnreadCount } from './unread-count'

interface Props {
  title: string
  /** Takes the focus where there is nothing better to take it. */
  heading: RefObject<HTMLHeadingElement | null>
  /** Unread messages in the other rooms. */
  unreadElsewhere: number
  /** Absent where the rooms are always in sight. */
  onOpenRooms?: () => void
  members?: { isOpen: boolean; onToggle: () => void }
}

export function RoomHeader({ title, heading, unreadElsewhere, onOpenRooms, members }: Props) {
  const t = useTexts()
  return (
    <header className="flex h-16 shrink-0 items-center gap-2 border-b border-line px-3 md:px-5">
      {onOpenRooms && (
        <div className={`relative ${unreadElsewhere > 0 ? 'mr-4' : ''}`}>
          <IconButton
            icon={Menu}
            label={t.chat.openRooms}
            aria-describedby={unreadElsewhere > 0 ? 'unread-elsewhere' : undefined}
            onClick={onOpenRooms}
          />
          {unreadElsewhere > 0 && (
            <span
              id="unread-elsewhere"
              className="pointer-events-none absolute -top-1 left-6 flex rounded-full ring-2 ring-surface"
            >
              <UnreadCount count={unreadElsewhere} />
            </span>
          )}
        </div>
      )}
      <h1
        ref={heading}
        tabIndex={-1}
        className="outline-none min-w-0 grow truncate text-lg font-semibold tracking-tight"
      >
        {title}
      </h1>
      {members && (
        <IconButton
          icon={Users}
          label={t.chat.openMembers}
          aria-expanded={members.isOpen}
          onClick={members.onToggle}
          className="aria-expanded:bg-accent-soft aria-expanded:text-link"
        />
      )}
    </header>
  )
}
