import type { Dictionary } from './en'
import type { Language } from './language'

const DAY_MS = 86_400_000

/** A key that is the same for two times of one local day. */
export function dayKey(time: string): string {
  const date = new Date(time)
  return `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`
}

export function dayText(t: Dictionary, language: Language, time: string, now = new Date()): string {
  const key = dayKey(time)
  if (key === dayKey(now.toISOString())) return t.messages.today
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1)
  if (key === dayKey(yesterday.toISOString())) return t.messages.yesterday
  const date = new Date(time)
  const year = date.getFullYear() === now.getFullYear() ? undefined : 'numeric'
  return format(language, { weekday: 'long', day: 'numeric', month: 'long', year }).format(date)
}

/** As short as a list allows: the time of today's, the day of what is older. */
export function shortText(
  t: Dictionary,
  language: Language,
  time: string,
  now = new Date(),
): string {
  const date = new Date(time)
  if (dayKey(time) === dayKey(now.toISOString())) return clockText(language, time)
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate())
  const days = (midnight.getTime() - date.getTime()) / DAY_MS
  if (days > 0 && days <= 1) return t.messages.yesterday
  if (days > 0 && days <= 6) return format(language, { weekday: 'short' }).format(date)
  const year = date.getFullYear() === now.getFullYear() ? undefined : 'numeric'
  return format(language, { day: 'numeric', month: 'short', year }).format(date)
}

export function clockText(language: Language, time: string): string {
  return format(language, { hour: hourStyle(language), minute: '2-digit' }).format(new Date(time))
}

export function exactText(language: Language, time: string): string {
  return format(language, { dateStyle: 'full', timeStyle: 'medium' }).format(new Date(time))
}

/** A clock of 24 hours has two digits for each, one of 12 does not: 01:56, but 1:56 AM. */
function hourStyle(language: Language): '2-digit' | 'numeric' {
  return format(language, { hour: 'numeric' }).resolvedOptions().hour12 ? 'numeric' : '2-digit'
}

// Making a format is slow and a screen shows hundreds of times.
const formats = new Map<string, Intl.DateTimeFormat>()

function format(language: Language, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = language + JSON.stringify(options)
  const known = formats.get(key) ?? new Intl.DateTimeFormat(localeOf(language), options)
  formats.set(key, known)
  return known
}

/** The browser's own variant of the language, so that British clocks stay British. */
function localeOf(language: Language): string {
  return navigator.languages.find((tag) => tag.startsWith(language)) ?? language
}
