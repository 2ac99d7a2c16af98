import { Check, Copy } from 'lucide-react'
import { useState } from 'react'

import { useTexts } from '@/i18n/language'
import { copyText } from '@/lib/copy-text'

import { Button } from './button'

export function CopyButton({ label, text }: { label: string; text: string }) {
  const t = useTexts()
  const [result, setResult] = useState<boolean | null>(null)
  const Icon = result ? Check : Copy
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Button look="quiet" onClick={() => void copyText(text).then(setResult)}>
        <Icon aria-hidden size={16} />
        {label}
      </Button>
      <span role="status" className="text-sm text-muted">
        {result !== null && (result ? t.common.copied : t.common.notCopied)}
      </span>
    </div>
  )
}
