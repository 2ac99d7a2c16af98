import { ArrowLeft } from 'lucide-react'
import type { ReactNode } from 'react'
import { Link } from 'react-router'

import { DeleteAccount } from '@/features/account/delete-account'
import { EmailForm } from '@/features/account/email-form'
import { NameForm } from '@/features/account/name-form'
import { PasswordForm } from '@/features/account/password-form'
import { NotificationSettings } from '@/features/notifications/notification-settings'
import { useTexts } from '@/i18n/language'
import { useTitle } from '@/lib/use-title'
import { LanguageField } from '@/ui/language-field'
import { ThemeField } from '@/ui/theme-field'

export function ProfilePage() {
  const t = useTexts()
  useTitle(`${t.profile.title} · ${t.chat.title}`)
  return (
    <div className="mx-auto flex max-w-xl flex-col gap-6 px-4 py-6 sm:py-10">
      <header className="flex items-center gap-3">
        <Link
          to="/"
          aria-label={t.profile.backToChat}
          title={t.profile.backToChat}
          className="inline-flex size-10 items-center justify-center rounded-lg text-muted hover:bg-hover hover:text-ink"
        >
          <ArrowLeft aria-hidden size={20} />
        </Link>
        <h1 className="text-2xl font-semibold tracking-tight">{t.profile.title}</h1>
      </header>
      <main className="flex flex-col gap-6">
        <Card title={t.profile.nameTitle}>
          <NameForm />
        </Card>
        <Card title={t.profile.emailTitle}>
          <EmailForm />
        </Card>
        <Card title={t.profile.passwordTitle}>
          <PasswordForm />
        </Card>
        <Card title={t.profile.preferences}>
          <div className="grid gap-4 sm:grid-cols-2">
            <LanguageField />
            <ThemeField />
          </div>
        </Card>
        <Card title={t.notifications.title}>
          <NotificationSettings />
        </Card>
        <Card title={t.profile.deleteTitle}>
          <DeleteAccount />
        </Card>
      </main>
    </div>
  )
}

function Card({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="flex flex-col gap-4 rounded-2xl border border-line bg-surface p-5 sm:p-6">
      <h2 className="text-lg font-semibold">{title}</h2>
      {children}
    </section>
  )
}
