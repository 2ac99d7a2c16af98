import { SignUpForm } from '@/features/session/sign-up-form'
import { useTexts } from '@/i18n/language'
import { AuthLayout } from '@/ui/auth-layout'

import { TextLink } from './text-link'

export function SignUpPage() {
  const t = useTexts()
  return (
    <AuthLayout title={t.session.signUpTitle}>
      <SignUpForm />
      <p className="text-sm text-muted">
        {t.session.hasAccount} <TextLink to="/login">{t.session.logIn}</TextLink>
      </p>
    </AuthLayout>
  )
}
