import type { ReactNode } from 'react'

import { useTexts } from '@/i18n/language'
import { useTitle } from '@/lib/use-title'

import { LanguageField } from './language-field'
import { Logo } from './logo'

/** One card in the middle: what is on it is all there is to do. */
export function AuthLayout({ title, children }: { title: string; children: ReactNode }) {
  const t = useTexts()
  useTitle(`${title} · ${t.chat.title}`)
  return (
    <div className="flex min-h-full flex-col items-center px-4 py-6 sm:justify-center">
      <header className="mb-6 flex flex-col items-center gap-2 text-center">
        <Logo size={48} />
        <p className="text-xl font-semibold tracking-tight">{t.chat.title}</p>
        <p className="text-sm text-muted">{t.session.tagline}</p>
      </header>
      <main className="flex w-full max-w-sm flex-col gap-5 rounded-2xl border border-line bg-surface p-6 sm:p-8">
        <h1 className="text-2xl font-semibold tracking-tight">{title}</h1>
        {children}
      </main>
      <footer className="mt-6">
        <LanguageField compact />
      </footer>
    </div>
  )
}
