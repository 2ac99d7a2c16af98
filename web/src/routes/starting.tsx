import { CloudOff } from 'lucide-react'

import { useTexts } from '@/i18n/language'
import { EmptyState } from '@/ui/empty-state'
import { Spinner } from '@/ui/spinner'

export function Starting({ unreachable }: { unreachable: boolean }) {
  const t = useTexts()
  return (
    <main className="flex h-full">
      <h1 className="sr-only">{t.chat.title}</h1>
      {unreachable ? (
        <div role="alert" className="m-auto">
          <EmptyState
            icon={CloudOff}
            title={t.session.unreachableTitle}
            text={t.session.unreachable}
          />
        </div>
      ) : (
        <Spinner />
      )}
    </main>
  )
}
