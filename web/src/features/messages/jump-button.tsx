import { ArrowDown } from 'lucide-react'

import { useTexts } from '@/i18n/language'

interface Props {
  isShown: boolean
  /** How many are new further down. */
  news: number
  onClick: () => void
}

/** The way back to the newest, from further up. */
export function JumpButton({ isShown, news, onClick }: Props) {
  const t = useTexts()
  return (
    <>
      {/* There before it says something: else nobody hears it. */}
      <p role="status" className="sr-only">
        {isShown && news > 0 && t.messages.jumpNew(news)}
      </p>
      {isShown && (
        <button
          type="button"
          onClick={onClick}
          className="absolute right-4 bottom-3 inline-flex min-h-10 items-center gap-2 rounded-full border border-line bg-raised px-4 text-sm font-medium shadow-raised hover:bg-hover"
        >
          <ArrowDown aria-hidden size={16} />
          {news > 0 ? t.messages.jumpNew(news) : t.messages.jump}
        </button>
      )}
    </>
  )
}
