import { TriangleAlert } from 'lucide-react'

import { useTexts } from '@/i18n/language'

import { Button } from './button'
import { EmptyState } from './empty-state'

export function CrashNotice({ onRetry }: { onRetry: () => void }) {
  const t = useTexts()
  return (
    <div role="alert" className="flex h-full">
      <EmptyState icon={TriangleAlert} title={t.crash.title} text={t.crash.text}>
        <div className="flex gap-2">
          <Button onClick={onRetry}>{t.common.retry}</Button>
          <Button look="quiet" onClick={() => location.reload()}>
            {t.crash.reload}
          </Button>
        </div>
      </EmptyState>
    </div>
  )
}
