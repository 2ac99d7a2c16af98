import { LoaderCircle } from 'lucide-react'

import { useTexts } from '@/i18n/language'

export function Spinner() {
  const t = useTexts()
  return (
    <div role="status" className="m-auto p-8 text-muted">
      <LoaderCircle aria-hidden className="animate-spin" size={24} />
      <span className="sr-only">{t.common.loading}</span>
    </div>
  )
}
