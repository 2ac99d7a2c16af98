import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'

import { useTexts } from '@/i18n/language'
import { copyText } from '@/lib/copy-text'

import { Button } from './button'

const SHOWN_MS = 2000

interface Props {
  label: string
  text: string
  /** An icon in the corner of what it copies. */
  isCorner?: boolean
}

export function CopyButton({ label, text, isCorner = false }: Props) {
  const t = useTexts()
  const [result, setResult] = useState<boolean | null>(null)
  useEffect(() => {
    if (!result) return
    const timer = setTimeout(() => setResult(null), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [result])
  const Icon = result ? Check : Copy
  return (
    <div
      className={isCorner ? 'absolute end-1 top-1 font-sans' : 'flex flex-wrap items-center gap-2'}
    >
      <Button
        look="quiet"
        onClick={() => void copyText(text).then(setResult)}
        className={isCorner ? 'min-h-8! px-2! py-1! text-xs!' : ''}
      >
        <Icon aria-hidden size={isCorner ? 14 : 16} />
        <span className={isCorner && !result ? 'sr-only' : ''}>
          {result ? t.common.copied : label}
        </span>
      </Button>
      <span role="status" className={result === false ? 'text-sm text-muted' : 'sr-only'}>
        {result !== null && (result ? t.common.copied : t.common.notCopied)}
      </span>
    </div>
  )
}
