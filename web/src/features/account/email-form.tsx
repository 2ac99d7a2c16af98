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

export function EmailForm() {
  const t = useTexts()
  const me = useMe()
  const [email, setEmail] = useState(me.email)
  const [currentPassword, setCurrentPassword] = useState('')
  const submission = useSubmit(async () => {
    await saveAccount(me.id, { email, currentPassword })
    setCurrentPassword('')
    toast(t.common.saved)
  })
  return (
    <Form
      submission={submission}
      fields={['email', 'currentPassword']}
      label={t.profile.emailTitle}
    >
      <TextField
        label={t.session.email}
        name="email"
        type="email"
        autoComplete="email"
        value={email}
        onChange={(event) => setEmail(event.target.value)}
        error={fieldText(t, submission.failure, 'email')}
      />
      <CurrentPasswordField
        value={currentPassword}
        onChange={setCurrentPassword}
        error={fieldText(t, submission.failure, 'currentPassword')}
      />
      <Button type="submit" busy={submission.busy} className="self-start">
        {t.common.save}
      </Button>
    </Form>
  )
}
