import type { Language } from './language'

export function numberText(language: Language, value: number): string {
  return new Intl.NumberFormat(language).format(value)
}
