import { ForgotPasswordForm } from '@/features/session/forgot-password-form'
import { useTexts } from '@/i18n/language'
import { AuthLayout } from '@/ui/auth-layout'

import { TextLink } from './text-link'

export function ForgotPasswordPage() {
  const t = useTexts()
  return (
    <AuthLayout title={t.session.forgotTitle}>
      <ForgotPasswordForm />
      <p className="text-sm">
        <TextLink to="/login">{t.session.backToLogIn}</TextLink>
      </p>
    </AuthLayout>
  )
}
