import { useTexts } from '@/i18n/language'

export function UnreadCount({ count, className = '' }: { count: number; className?: string }) {
  const t = useTexts()
  return (
    <span
      className={`shrink-0 rounded-full bg-accent px-2 py-0.5 text-xs font-semibold text-white ${className}`}
    >
      <span aria-hidden>{count > 99 ? '99+' : count}</span>
      <span className="sr-only">{t.chat.unread(count)}</span>
    </span>
  )
}
