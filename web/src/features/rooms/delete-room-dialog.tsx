import { useState } from 'react'
import { useNavigate } from 'react-router'

import { fetchBody } from '@/api/client'
import type { RoomSummary } from '@/api/types'
import { useTexts } from '@/i18n/language'
import { useLive } from '@/realtime/live-context'
import { ConfirmDialog } from '@/ui/confirm-dialog'
import { TextField } from '@/ui/text-field'

export function DeleteRoomDialog({ room, onClose }: { room: RoomSummary; onClose: () => void }) {
  const t = useTexts()
  const { sync } = useLive()
  const navigate = useNavigate()
  const [typed, setTyped] = useState('')
  return (
    <ConfirmDialog
      title={t.room.removeTitle(room.name)}
      confirmLabel={t.room.remove}
      disabled={typed.trim() !== room.name}
      onClose={onClose}
      onConfirm={async () => {
        await fetchBody('delete', '/rooms/{id}', { path: { id: room.id } })
        await navigate('/')
        sync.left(room.id)
      }}
    >
      <p className="text-sm text-muted">{t.room.removeText}</p>
      <TextField
        label={t.room.removeLabel(room.name)}
        name="confirmation"
        autoComplete="off"
        focused
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
    </ConfirmDialog>
  )
}
