import { fetchBody } from '@/api/client'
import type { RoomSummary } from '@/api/types'
import { useTexts } from '@/i18n/language'
import { useLive } from '@/realtime/live-context'

import { RoomNameDialog } from './room-name-dialog'

export function RenameRoomDialog({ room, onClose }: { room: RoomSummary; onClose: () => void }) {
  const t = useTexts()
  const { sync } = useLive()
  const rename = async (name: string) => {
    sync.rooms.change(
      await fetchBody('patch', '/rooms/{id}', { path: { id: room.id }, body: { name } }),
    )
    onClose()
  }
  return (
    <RoomNameDialog
      title={t.room.rename}
      action={t.common.save}
      initialName={room.name}
      onSubmit={rename}
      onClose={onClose}
    />
  )
}
