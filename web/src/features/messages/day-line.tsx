import { dayText } from '@/i18n/dates'
import { useLanguage, useTexts } from '@/i18n/language'

export function DayLine({ time }: { time: string }) {
  const t = useTexts()
  const language = useLanguage()
  return (
    <div className="flex items-center gap-3 px-5 py-3">
      <span className="h-px grow bg-line" />
      <span className="text-xs font-medium text-muted">{dayText(t, language, time)}</span>
      <span className="h-px grow bg-line" />
    </div>
  )
}
