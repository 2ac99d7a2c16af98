import { useTexts } from '@/i18n/language'

export function NewLine() {
  const t = useTexts()
  return (
    <div className="flex items-center gap-3 px-5 py-2 text-danger-ink">
      <span className="h-px grow bg-current opacity-50" />
      <span className="text-xs font-semibold">{t.messages.newLine}</span>
    </div>
  )
}
