import { useState } from 'react'

import { fieldText } from '@/i18n/failure-text'
import { useTexts } from '@/i18n/language'
import { useSubmit } from '@/lib/use-submit'
import { Button } from '@/ui/button'
import { Dialog } from '@/ui/dialog'
import { Form } from '@/ui/form'
import { TextField } from '@/ui/text-field'

interface Props {
  title: string
  action: string
  initialName?: string
  onSubmit: (name: string) => Promise<void>
  onClose: () => void
}

/** Asks for the name of a room, new or not. */
export function RoomNameDialog({ title, action, initialName = '', onSubmit, onClose }: Props) {
  const t = useTexts()
  const [name, setName] = useState(initialName)
  const submission = useSubmit(() => onSubmit(name))
  return (
    <Dialog title={title} onClose={onClose}>
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
            {action}
          </Button>
        </div>
      </Form>
    </Dialog>
  )
}
