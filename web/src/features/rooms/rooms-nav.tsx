import { Plus, Search } from 'lucide-react'
import { type ReactNode, useState } from 'react'

import { useTexts } from '@/i18n/language'
import { commandKey } from '@/lib/keys'
import { useGeneral, useRooms } from '@/realtime/queries'
import { Button } from '@/ui/button'
import { IconButton } from '@/ui/icon-button'
import { Logo } from '@/ui/logo'

import { CreateRoomDialog } from './create-room-dialog'
import { byLastMessage } from '@/realtime/room-order'
import { RoomLink } from './room-link'

interface Props {
  /** Something was chosen: a drawer closes. */
  onChosen?: () => void
  onSwitch: () => void
  footer: ReactNode
}

export function RoomsNav({ onChosen, onSwitch, footer }: Props) {
  const t = useTexts()
  const general = useGeneral()
  const rooms = useRooms()
  const [isCreating, setCreating] = useState(false)
  return (
    <nav aria-label={t.chat.rooms} className="flex h-full flex-col">
      <div className="flex h-16 shrink-0 items-center gap-2.5 px-4">
        <Logo size={28} />
        <span className="font-semibold tracking-tight">{t.chat.title}</span>
      </div>
      <div className="px-3 pb-3">
        <button
          type="button"
          onClick={onSwitch}
          aria-keyshortcuts={`${commandKey === 'Ctrl' ? 'Control' : 'Meta'}+K`}
          className="flex min-h-10 w-full items-center gap-2.5 rounded-lg border border-edge bg-surface px-3 text-sm text-muted hover:bg-hover"
        >
          <Search aria-hidden size={16} />
          <span className="grow truncate text-left">{t.switcher.button}</span>
          <kbd aria-hidden className="font-sans text-xs max-md:hidden">
            {commandKey} K
          </kbd>
        </button>
      </div>
      <div className="flex min-h-0 grow flex-col gap-0.5 overflow-y-auto px-2 pb-2">
        <ul>{general.data && <RoomLink room={general.data} to="/" onChosen={onChosen} />}</ul>
        <div className="mt-3 flex items-center justify-between pl-3">
          <h2 className="text-xs font-semibold tracking-wide text-muted uppercase">
            {t.chat.rooms}
          </h2>
          <IconButton icon={Plus} label={t.chat.newRoom} onClick={() => setCreating(true)} />
        </div>
        <ul className="flex flex-col gap-0.5">
          {byLastMessage(rooms.data ?? []).map((room) => (
            <RoomLink key={room.id} room={room} to={`/r/${room.id}`} onChosen={onChosen} />
          ))}
        </ul>
        {rooms.data?.length === 0 && (
          <div className="flex flex-col items-start gap-2 px-3 py-2">
            <p className="text-sm text-muted">{t.chat.noRooms}</p>
            <Button look="quiet" onClick={() => setCreating(true)}>
              {t.chat.newRoomTitle}
            </Button>
          </div>
        )}
      </div>
      {footer}
      {isCreating && (
        <CreateRoomDialog
          onClose={() => setCreating(false)}
          onCreated={() => {
            setCreating(false)
            onChosen?.()
          }}
        />
      )}
    </nav>
  )
}
