import { useNavigate, useSearchParams } from 'react-router'

import { ResetPasswordForm } from '@/features/session/reset-password-form'
import { useTexts } from '@/i18n/language'
import { Alert } from '@/ui/alert'
import { AuthLayout } from '@/ui/auth-layout'

import { TextLink } from './text-link'

export function ResetPasswordPage() {
  const t = useTexts()
  const navigate = useNavigate()
  const [search] = useSearchParams()
  const token = search.get('token')
  return (
    <AuthLayout title={t.session.resetTitle}>
      {token ? (
        <ResetPasswordForm token={token} onDone={() => void navigate('/login')} />
      ) : (
        <Alert>{t.session.noToken}</Alert>
      )}
      <p className="text-sm">
        <TextLink to="/forgot-password">{t.session.askNewLink}</TextLink>
      </p>
    </AuthLayout>
  )
}
