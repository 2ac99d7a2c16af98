import { useState } from 'react'

import { session } from '@/api/session'
import { fieldText } from '@/i18n/failure-text'
import { useTexts } from '@/i18n/language'
import { useSubmit } from '@/lib/use-submit'
import { Button } from '@/ui/button'
import { Form } from '@/ui/form'
import { TextField } from '@/ui/text-field'

export function LogInForm() {
  const t = useTexts()
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const submission = useSubmit(() => session.logIn({ email, password }))
  return (
    <Form submission={submission} fields={['email', 'password']}>
      <TextField
        label={t.session.emailOrUsername}
        name="email"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        focused
        value={email}
        onChange={(event) => setEmail(event.target.value)}
        error={fieldText(t, submission.failure, 'email')}
      />
      <TextField
        label={t.session.password}
        name="password"
        type="password"
        autoComplete="current-password"
        value={password}
        onChange={(event) => setPassword(event.target.value)}
        error={fieldText(t, submission.failure, 'password')}
      />
      <Button type="submit" busy={submission.busy}>
        {t.session.logIn}
      </Button>
    </Form>
  )
}
