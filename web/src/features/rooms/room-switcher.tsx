import { Hash, House, Plus } from 'lucide-react'
import { useState } from 'react'
import { useNavigate } from 'react-router'

import { useTexts } from '@/i18n/language'
import { Dialog } from '@/ui/dialog'
import { SearchField } from '@/ui/search-field'
import { useCombobox } from '@/ui/use-combobox'

import { findRooms } from './find-rooms'
import { roomPath } from './room-path'
import { isGeneral, useRoomTitle } from './room-title'
import { UnreadCount } from './unread-count'
import { useAllRooms } from '@/realtime/use-all-rooms'

interface Props {
  onClose: () => void
  /** None of the rooms is meant: a new one of this name. */
  onCreate: (name: string) => void
}

const SHOWN_MAX = 50

/** Type a few letters of a room, press Enter, be there. */
export function RoomSwitcher({ onClose, onCreate }: Props) {
  const t = useTexts()
  const titleOf = useRoomTitle()
  const navigate = useNavigate()
  const rooms = useAllRooms()
  const [query, setQuery] = useState('')
  const name = query.trim()
  const named = rooms.map((room) => ({ room, title: titleOf(room) }))
  const found = findRooms(named, query).slice(0, SHOWN_MAX)
  const canCreate = name !== '' && found.every(({ title }) => title !== name)
  const choose = (index: number) => {
    const choice = found[index]
    if (!choice) {
      onCreate(name)
      return
    }
    void navigate(roomPath(choice.room))
    onClose()
  }
  const combobox = useCombobox({
    query,
    count: found.length + Number(canCreate),
    isOpen: true,
    onChoose: choose,
  })
  return (
    <Dialog title={t.switcher.title} place="top" onClose={onClose}>
      <SearchField
        label={t.switcher.label}
        placeholder={t.switcher.label}
        focused
        value={query}
        onChange={(event) => setQuery(event.target.value)}
        {...combobox.inputProps}
      />
      <ul
        {...combobox.listProps}
        aria-label={t.chat.rooms}
        className="-mx-2 mt-3 max-h-[min(24rem,50dvh)] overflow-y-auto px-2"
      >
        {found.map(({ room, title }, index) => {
          const Icon = isGeneral(room) ? House : Hash
          return (
            <li key={room.id} {...combobox.optionProps(index)} className={option}>
              <Icon aria-hidden size={18} className="shrink-0 text-muted" />
              <span className={`grow truncate ${room.unread > 0 ? 'font-bold' : ''}`}>{title}</span>
              {room.unread > 0 && <UnreadCount count={room.unread} />}
            </li>
          )
        })}
        {canCreate && (
          <li {...combobox.optionProps(found.length)} className={option}>
            <Plus aria-hidden size={18} className="shrink-0 text-muted" />
            <span className="truncate">{t.switcher.create(name)}</span>
          </li>
        )}
      </ul>
      <p role="status" className="mt-2 text-sm text-muted">
        {found.length === 0 ? (
          t.switcher.none
        ) : (
          <span className="sr-only">{t.switcher.found(found.length)}</span>
        )}
      </p>
    </Dialog>
  )
}

const option =
  'flex min-h-11 cursor-pointer items-center gap-3 rounded-lg px-3 text-sm hover:bg-hover aria-selected:bg-accent-soft'
