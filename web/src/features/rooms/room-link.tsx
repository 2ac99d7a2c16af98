import { Hash, House } from 'lucide-react'
import { NavLink } from 'react-router'

import type { RoomSummary } from '@/api/types'
import { shortText } from '@/i18n/dates'
import { useLanguage, useTexts } from '@/i18n/language'
import { summaryText } from '@/lib/summary-text'

import { isGeneral, useRoomTitle } from './room-title'
import { UnreadCount } from './unread-count'

interface Props {
  room: RoomSummary
  to: string
  onChosen?: () => void
}

export function RoomLink({ room, to, onChosen }: Props) {
  const t = useTexts()
  const language = useLanguage()
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
          <span className="flex items-baseline gap-2">
            <span
              title={titleOf(room)}
              className={`grow truncate text-sm ${unread > 0 ? 'font-bold' : 'font-medium'}`}
            >
              {titleOf(room)}
            </span>
            {lastMessage && (
              <time dateTime={lastMessage.createdAt} className="shrink-0 text-xs text-muted">
                {shortText(t, language, lastMessage.createdAt)}
              </time>
            )}
          </span>
          <span className="flex h-5 items-center gap-2">
            <span className="grow truncate text-xs text-muted">
              {lastMessage ? (
                // Isolated: text that runs from right to left must not move the name.
                <>
                  {lastMessage.usernameSnapshot}: <bdi>{summaryText(lastMessage.content)}</bdi>
                </>
              ) : (
                t.chat.noMessages
              )}
            </span>
            {unread > 0 && <UnreadCount count={unread} />}
          </span>
        </span>
      </NavLink>
    </li>
  )
}
