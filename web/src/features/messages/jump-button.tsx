import { ArrowDown } from 'lucide-react'

import { useTexts } from '@/i18n/language'

export function JumpButton({ unread, onClick }: { unread: number; onClick: () => void }) {
  const t = useTexts()
  return (
    <button
      type="button"
      onClick={onClick}
      className="absolute right-4 bottom-3 inline-flex min-h-10 items-center gap-2 rounded-full border border-line bg-raised px-4 text-sm font-medium shadow-raised hover:bg-hover"
    >
      <ArrowDown aria-hidden size={16} />
      {unread > 0 ? t.messages.jumpNew(unread) : t.messages.jump}
    </button>
  )
}
