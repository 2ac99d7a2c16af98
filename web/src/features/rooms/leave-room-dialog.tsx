import { useNavigate } from 'react-router'

import { fetchBody } from '@/api/client'
import type { RoomSummary } from '@/api/types'
import { useTexts } from '@/i18n/language'
import { useLive, useMe } from '@/realtime/live-context'
import { ConfirmDialog } from '@/ui/confirm-dialog'

interface Props {
  room: RoomSummary
  isOwner: boolean
  onClose: () => void
}

export function LeaveRoomDialog({ room, isOwner, onClose }: Props) {
  const t = useTexts()
  const me = useMe()
  const { sync } = useLive()
  const navigate = useNavigate()
  return (
    <ConfirmDialog
      title={t.room.leaveTitle(room.name)}
      confirmLabel={t.room.leave}
      onClose={onClose}
      onConfirm={async () => {
        const path = { id: room.id, userId: me.id }
        await fetchBody('delete', '/rooms/{id}/members/{userId}', { path })
        await navigate('/')
        sync.left(room.id)
      }}
    >
      <p className="text-sm text-muted">{t.room.leaveText}</p>
      {isOwner && <p className="text-sm text-muted">{t.room.leaveOwner}</p>}
      {isOwner && <p className="text-sm text-muted">{t.room.leaveLast}</p>}
    </ConfirmDialog>
  )
}
