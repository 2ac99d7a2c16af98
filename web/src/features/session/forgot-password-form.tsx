import { useState } from 'react'

import { forgotPassword } from '@/api/passwords'
import { fieldText } from '@/i18n/failure-text'
import { useTexts } from '@/i18n/language'
import { useSubmit } from '@/lib/use-submit'
import { Button } from '@/ui/button'
import { Form } from '@/ui/form'
import { Notice } from '@/ui/notice'
import { TextField } from '@/ui/text-field'

export function ForgotPasswordForm() {
  const t = useTexts()
  const [email, setEmail] = useState('')
  const [answer, setAnswer] = useState<{ resetLink?: string } | null>(null)
  const submission = useSubmit(async () => {
    setAnswer(null)
    setAnswer(await forgotPassword(email))
  })
  return (
    <Form submission={submission} fields={['email']}>
      <p className="text-sm text-muted">{t.session.forgotHint}</p>
      <TextField
        label={t.session.email}
        name="email"
        type="email"
        autoComplete="email"
        focused
        value={email}
        onChange={(event) => setEmail(event.target.value)}
        error={fieldText(t, submission.failure, 'email')}
      />
      <Button type="submit" busy={submission.busy}>
        {t.session.sendLink}
      </Button>
      {answer && (
        <Notice>
          <p>{t.session.linkSent}</p>
          {answer.resetLink && (
            <p className="mt-2">
              {t.session.resetLinkHint}{' '}
              <a href={answer.resetLink} className="font-medium text-link underline">
                {t.session.resetLink}
              </a>
            </p>
          )}
        </Notice>
      )}
    </Form>
  )
}
