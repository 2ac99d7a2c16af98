import { useState } from 'react'

import { session } from '@/api/session'
import { fieldText } from '@/i18n/failure-text'
import { useTexts } from '@/i18n/language'
import { useSubmit } from '@/lib/use-submit'
import { Button } from '@/ui/button'
import { Form } from '@/ui/form'
import { TextField } from '@/ui/text-field'

export function SignUpForm() {
  const t = useTexts()
  const [username, setUsername] = useState('')
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const submission = useSubmit(() => session.signUp({ username, email, password }))
  return (
    <Form submission={submission} fields={['username', 'email', 'password']}>
      <TextField
        label={t.session.username}
        hint={t.session.usernameHint}
        name="username"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        focused
        value={username}
        onChange={(event) => setUsername(event.target.value)}
        error={fieldText(t, submission.failure, 'username')}
      />
      <TextField
        label={t.session.email}
        name="email"
        type="email"
        autoComplete="email"
        value={email}
        onChange={(event) => setEmail(event.target.value)}
        error={fieldText(t, submission.failure, 'email')}
      />
      <TextField
        label={t.session.password}
        hint={t.session.passwordHint}
        name="password"
        type="password"
        autoComplete="new-password"
        value={password}
        onChange={(event) => setPassword(event.target.value)}
        error={fieldText(t, submission.failure, 'password')}
      />
      <Button type="submit" busy={submission.busy}>
        {t.session.signUp}
      </Button>
    </Form>
  )
}
