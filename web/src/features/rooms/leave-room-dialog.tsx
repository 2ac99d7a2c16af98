import { useNavigate } from 'react-router'

import { fetchBody } from '@/api/client'
import type { RoomSummary } from '@/api/types'
import { useTexts } from '@/i18n/language'
import { useLive, useMe } from '@/realtime/live-context'
import { useMembers } from '@/realtime/use-members'
import { ConfirmDialog } from '@/ui/confirm-dialog'

import { nextOwner } from './next-owner'

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
        await sync.news.leaves.during(room.id, () =>
          fetchBody('delete', '/rooms/{id}/members/{userId}', { path }),
        )
        await navigate('/')
        sync.left(room.id)
      }}
    >
      <p className="text-sm text-muted">{t.room.leaveText}</p>
      {isOwner && <Heir room={room} />}
    </ConfirmDialog>
  )
}

/** What becomes of the room without its owner. */
function Heir({ room }: { room: RoomSummary }) {
  const t = useTexts()
  const me = useMe()
  const { members, isSuccess, hasNextPage } = useMembers(room.id)
  const heir = nextOwner(members, me.id)
  const isKnown = isSuccess && !hasNextPage
  return (
    <p className="text-sm text-muted wrap-anywhere">
      {!isKnown && t.room.leaveOwner}
      {isKnown && (heir ? t.room.leaveHeir(heir.usernameSnapshot) : t.room.leaveLast)}
    </p>
  )
}
