import { dayText, clockText } from '@/i18n/dates'
import { useLanguage, useTexts } from '@/i18n/language'
import { useObservable } from '@/lib/use-observable'
import { useLive } from '@/realtime/live-context'

/** Says how old what one sees is, while it comes from this browser and not from the server. */
export function ShownFrom() {
  const t = useTexts()
  const language = useLanguage()
  const { keeper } = useLive()
  const at = useObservable(keeper.shownFrom)
  if (at === null) return null
  const time = new Date(at).toISOString()
  return (
    <p className="shrink-0 border-b border-line px-4 py-1 text-center text-xs text-muted">
      {t.connection.shownFrom(`${dayText(t, language, time)}, ${clockText(language, time)}`)}
    </p>
  )
}
