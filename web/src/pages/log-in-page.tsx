import { EndedNotice } from '@/features/session/ended-notice'
import { LogInForm } from '@/features/session/log-in-form'
import { useTexts } from '@/i18n/language'
import { AuthLayout } from '@/ui/auth-layout'

import { TextLink } from './text-link'

export function LogInPage() {
  const t = useTexts()
  return (
    <AuthLayout title={t.session.logInTitle}>
      <EndedNotice />
      <LogInForm />
      <div className="flex flex-col gap-2 text-sm text-muted">
        <p>
          <TextLink to="/forgot-password">{t.session.forgot}</TextLink>
        </p>
        <p>
          {t.session.noAccount} <TextLink to="/signup">{t.session.signUp}</TextLink>
        </p>
      </div>
    </AuthLayout>
  )
}
