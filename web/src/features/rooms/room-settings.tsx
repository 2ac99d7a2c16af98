import { LogOut, Pencil, Trash2 } from 'lucide-react'
import { useState } from 'react'

import type { RoomSummary } from '@/api/types'
import { useTexts } from '@/i18n/language'
import { useMe } from '@/realtime/live-context'
import { Button } from '@/ui/button'

import { DeleteRoomDialog } from './delete-room-dialog'
import { LeaveRoomDialog } from './leave-room-dialog'
import { RenameRoomDialog } from './rename-room-dialog'
import { isGeneral } from './room-title'

export function RoomSettings({ room }: { room: RoomSummary }) {
  const t = useTexts()
  const isOwner = room.ownerUserId === useMe().id
  const [open, setOpen] = useState<'rename' | 'leave' | 'delete' | null>(null)
  const close = () => setOpen(null)
  if (isGeneral(room))
    return <p className="border-t border-line p-4 text-sm text-muted">{t.room.generalText}</p>
  return (
    <section
      aria-label={t.room.settings}
      className="flex flex-col gap-0.5 border-t border-line p-2"
    >
      {isOwner && (
        <Button look="item" onClick={() => setOpen('rename')}>
          <Pencil aria-hidden size={16} className="text-muted" />
          {t.room.rename}
        </Button>
      )}
      <Button look="item" onClick={() => setOpen('leave')}>
        <LogOut aria-hidden size={16} className="text-muted" />
        {t.room.leave}
      </Button>
      {isOwner && (
        <Button look="item" className="text-danger-ink" onClick={() => setOpen('delete')}>
          <Trash2 aria-hidden size={16} />
          {t.room.remove}
        </Button>
      )}
      {open === 'rename' && <RenameRoomDialog room={room} onClose={close} />}
      {open === 'leave' && <LeaveRoomDialog room={room} isOwner={isOwner} onClose={close} />}
      {open === 'delete' && <DeleteRoomDialog room={room} onClose={close} />}
    </section>
  )
}
