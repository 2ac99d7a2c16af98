import { Compass } from 'lucide-react'

import { useTexts } from '@/i18n/language'
import { useTitle } from '@/lib/use-title'
import { EmptyState } from '@/ui/empty-state'

import { TextLink } from './text-link'

export function NotFoundPage() {
  const t = useTexts()
  useTitle(`${t.notFound.title} · ${t.chat.title}`)
  return (
    <main className="flex h-full">
      <h1 className="sr-only">{t.chat.title}</h1>
      <EmptyState icon={Compass} title={t.notFound.title} text={t.notFound.text}>
        <TextLink to="/">{t.notFound.home}</TextLink>
      </EmptyState>
    </main>
  )
}
