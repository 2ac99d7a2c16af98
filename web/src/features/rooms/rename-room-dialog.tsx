import { useState } from 'react'

import { fetchBody } from '@/api/client'
import type { RoomSummary } from '@/api/types'
import { fieldText } from '@/i18n/failure-text'
import { useTexts } from '@/i18n/language'
import { useSubmit } from '@/lib/use-submit'
import { useLive } from '@/realtime/live-context'
import { Button } from '@/ui/button'
import { Dialog } from '@/ui/dialog'
import { Form } from '@/ui/form'
import { TextField } from '@/ui/text-field'

export function RenameRoomDialog({ room, onClose }: { room: RoomSummary; onClose: () => void }) {
  const t = useTexts()
  const { sync } = useLive()
  const [name, setName] = useState(room.name)
  const submission = useSubmit(async () => {
    sync.rooms.change(
      await fetchBody('patch', '/rooms/{id}', { path: { id: room.id }, body: { name } }),
    )
    onClose()
  })
  return (
    <Dialog title={t.room.rename} onClose={onClose}>
      <Form submission={submission} fields={['name']}>
        <TextField
          label={t.chat.roomName}
          name="name"
          autoComplete="off"
          focused
          value={name}
          onChange={(event) => setName(event.target.value)}
          error={fieldText(t, submission.failure, 'name')}
        />
        <div className="flex justify-end gap-2">
          <Button look="quiet" onClick={onClose}>
            {t.common.cancel}
          </Button>
          <Button type="submit" busy={submission.busy}>
            {t.common.save}
          </Button>
        </div>
      </Form>
    </Dialog>
  )
}
