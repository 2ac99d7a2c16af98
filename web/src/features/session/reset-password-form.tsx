import { useState } from 'react'

import { resetPassword } from '@/api/passwords'
import { session } from '@/api/session'
import { fieldText } from '@/i18n/failure-text'
import { useTexts } from '@/i18n/language'
import { useSubmit } from '@/lib/use-submit'
import { Button } from '@/ui/button'
import { Form } from '@/ui/form'
import { TextField } from '@/ui/text-field'

export function ResetPasswordForm({ token, onDone }: { token: string; onDone: () => void }) {
  const t = useTexts()
  const [newPassword, setNewPassword] = useState('')
  const submission = useSubmit(async () => {
    await resetPassword(token, newPassword)
    // The reset ended every session of its user; whoever holds the link starts afresh.
    session.end('passwordReset')
    onDone()
  })
  return (
    <Form submission={submission} fields={['newPassword']}>
      <TextField
        label={t.session.newPassword}
        hint={t.session.passwordHint}
        name="newPassword"
        type="password"
        autoComplete="new-password"
        focused
        value={newPassword}
        onChange={(event) => setNewPassword(event.target.value)}
        error={fieldText(t, submission.failure, 'newPassword')}
      />
      <Button type="submit" busy={submission.busy}>
        {t.session.setPassword}
      </Button>
    </Form>
  )
}
