import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'

import { useTexts } from '@/i18n/language'
import { copyText } from '@/lib/copy-text'

const SHOWN_MS = 2000

export function CopyButton({ text }: { text: string }) {
  const t = useTexts()
  const [isCopied, setCopied] = useState(false)
  useEffect(() => {
    if (!isCopied) return
    const timer = setTimeout(() => setCopied(false), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [isCopied])
  const Icon = isCopied ? Check : Copy
  return (
    <>
      <button
        type="button"
        onClick={() => void copyText(text).then(setCopied)}
        className="absolute end-1 top-1 inline-flex min-h-8 min-w-8 items-center justify-center gap-1 rounded-md border border-line bg-raised px-1.5 text-xs text-muted hover:text-ink"
      >
        <Icon aria-hidden size={14} />
        <span className={isCopied ? '' : 'sr-only'}>{isCopied ? t.text.copied : t.text.copy}</span>
      </button>
      <span role="status" className="sr-only">
        {isCopied && t.text.copied}
      </span>
    </>
  )
}
