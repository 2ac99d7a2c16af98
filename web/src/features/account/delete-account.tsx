import { useState } from 'react'

import { fetchBody } from '@/api/client'
import { session } from '@/api/session'
import { fieldText } from '@/i18n/failure-text'
import { useTexts } from '@/i18n/language'
import { useSubmit } from '@/lib/use-submit'
import { useMe } from '@/realtime/live-context'
import { Button } from '@/ui/button'
import { Dialog } from '@/ui/dialog'
import { Form } from '@/ui/form'

import { CurrentPasswordField } from './current-password-field'

export function DeleteAccount() {
  const t = useTexts()
  const [isAsking, setAsking] = useState(false)
  return (
    <div className="flex flex-col items-start gap-4">
      <p className="text-sm text-muted">{t.profile.deleteText}</p>
      <Button look="danger" onClick={() => setAsking(true)}>
        {t.profile.deleteButton}
      </Button>
      {isAsking && <DeleteAccountDialog onClose={() => setAsking(false)} />}
    </div>
  )
}

function DeleteAccountDialog({ onClose }: { onClose: () => void }) {
  const t = useTexts()
  const me = useMe()
  const [currentPassword, setCurrentPassword] = useState('')
  const submission = useSubmit(async () => {
    await fetchBody('delete', '/users/{id}', { path: { id: me.id }, body: { currentPassword } })
    session.end('deleted')
  })
  return (
    <Dialog title={t.profile.deleteConfirm} onClose={onClose}>
      <Form submission={submission} fields={['currentPassword']}>
        <p className="text-sm text-muted">
          {t.profile.deleteText} {t.profile.deleteWarning}
        </p>
        <CurrentPasswordField
          focused
          value={currentPassword}
          onChange={setCurrentPassword}
          error={fieldText(t, submission.failure, 'currentPassword')}
        />
        <div className="flex flex-wrap justify-end gap-2">
          <Button look="quiet" onClick={onClose}>
            {t.common.cancel}
          </Button>
          <Button type="submit" look="danger" busy={submission.busy}>
            {t.profile.deleteButton}
          </Button>
        </div>
      </Form>
    </Dialog>
  )
}
