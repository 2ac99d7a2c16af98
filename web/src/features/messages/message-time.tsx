import { clockText, exactText } from '@/i18n/dates'
import { useLanguage } from '@/i18n/language'

/** In the margin it shows on hover only. */
export function MessageTime({ time, isMargin = false }: { time: string; isMargin?: boolean }) {
  const language = useLanguage()
  const look = isMargin
    ? 'block pt-1 text-right text-[0.65rem] opacity-0 group-hover:opacity-100'
    : 'shrink-0 text-xs'
  return (
    <time dateTime={time} title={exactText(language, time)} className={`text-muted ${look}`}>
      {clockText(language, time)}
    </time>
  )
}
