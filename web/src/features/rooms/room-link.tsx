import { Hash, House } from 'lucide-react'
import { NavLink } from 'react-router'

import type { RoomSummary } from '@/api/types'
import { useTexts } from '@/i18n/language'

import { isGeneral, useRoomTitle } from './room-title'

interface Props {
  room: RoomSummary
  to: string
  onChosen?: () => void
}

export function RoomLink({ room, to, onChosen }: Props) {
  const t = useTexts()
  const titleOf = useRoomTitle()
  const { lastMessage, unread } = room
  const Icon = isGeneral(room) ? House : Hash
  return (
    <li>
      <NavLink
        end
        to={to}
        onClick={onChosen}
        className="flex items-center gap-3 rounded-lg px-3 py-2 hover:bg-hover aria-[current=page]:bg-accent-soft"
      >
        <Icon aria-hidden size={18} className="shrink-0 text-muted" />
        <span className="min-w-0 grow">
          <span className={`block truncate text-sm ${unread > 0 ? 'font-bold' : 'font-medium'}`}>
            {titleOf(room)}
          </span>
          <span className="block truncate text-xs text-muted">
            {lastMessage ? (
              // Isolated: text that runs from right to left must not move the name.
              <>
                {lastMessage.usernameSnapshot}: <bdi>{lastMessage.content.slice(0, 200)}</bdi>
              </>
            ) : (
              t.chat.noMessages
            )}
          </span>
        </span>
        {unread > 0 && <UnreadCount count={unread} label={t.chat.unread(unread)} />}
      </NavLink>
    </li>
  )
}

function UnreadCount({ count, label }: { count: number; label: string }) {
  return (
    <span className="shrink-0 rounded-full bg-accent px-2 py-0.5 text-xs font-semibold text-white">
      <span aria-hidden>{count > 99 ? '99+' : count}</span>
      <span className="sr-only">{label}</span>
    </span>
  )
}
