import { useState } from 'react'
import { useNavigate } from 'react-router'

import { fetchBody } from '@/api/client'
import { fieldText } from '@/i18n/failure-text'
import { useTexts } from '@/i18n/language'
import { useSubmit } from '@/lib/use-submit'
import { useLive } from '@/realtime/live-context'
import { Button } from '@/ui/button'
import { Dialog } from '@/ui/dialog'
import { Form } from '@/ui/form'
import { TextField } from '@/ui/text-field'

interface Props {
  onClose: () => void
  onCreated: () => void
}

export function CreateRoomDialog({ onClose, onCreated }: Props) {
  const t = useTexts()
  const { sync } = useLive()
  const navigate = useNavigate()
  const [name, setName] = useState('')
  const submission = useSubmit(async () => {
    const room = await fetchBody('post', '/rooms/create', { body: { name } })
    await sync.rooms.refetch()
    onCreated()
    await navigate(`/r/${room.id}`)
  })
  return (
    <Dialog title={t.chat.newRoomTitle} onClose={onClose}>
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
            {t.chat.create}
          </Button>
        </div>
      </Form>
    </Dialog>
  )
}
