import { useState } from 'react'

import { fieldText } from '@/i18n/failure-text'
import { useTexts } from '@/i18n/language'
import { useSubmit } from '@/lib/use-submit'
import { useMe } from '@/realtime/live-context'
import { Button } from '@/ui/button'
import { Form } from '@/ui/form'
import { TextField } from '@/ui/text-field'
import { toast } from '@/ui/toast-store'

import { CurrentPasswordField } from './current-password-field'
import { saveAccount } from './save-account'

export function PasswordForm() {
  const t = useTexts()
  const me = useMe()
  const [currentPassword, setCurrentPassword] = useState('')
  const [password, setPassword] = useState('')
  const submission = useSubmit(async () => {
    await saveAccount(me.id, { currentPassword, password })
    setCurrentPassword('')
    setPassword('')
    toast(t.profile.passwordChanged)
  })
  return (
    <Form
      submission={submission}
      fields={['currentPassword', 'password']}
      label={t.profile.passwordTitle}
    >
      <p className="text-sm text-muted">{t.profile.passwordText}</p>
      <CurrentPasswordField
        value={currentPassword}
        onChange={setCurrentPassword}
        error={fieldText(t, submission.failure, 'currentPassword')}
      />
      <TextField
        label={t.profile.newPassword}
        hint={t.session.passwordHint}
        name="newPassword"
        type="password"
        autoComplete="new-password"
        value={password}
        onChange={(event) => setPassword(event.target.value)}
        error={fieldText(t, submission.failure, 'password')}
      />
      <Button type="submit" busy={submission.busy} className="self-start">
        {t.profile.changePassword}
      </Button>
    </Form>
  )
}
