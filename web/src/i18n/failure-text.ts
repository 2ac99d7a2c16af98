import type { Failure } from '@/lib/failure'

import type { Dictionary } from './en'

type Texts = Record<string, string | undefined>

/** What to tell a person about a failed request as a whole. */
export function failureText(
  t: Dictionary,
  failure: Failure,
  seconds = failure.details.retryAfterSeconds,
): string {
  if (failure.code === 'RATE_LIMITED' && seconds) return t.waitSeconds(seconds)
  if (failure.code === 'UNAVAILABLE' && seconds) return t.busySeconds(seconds)
  return codeText(t, failure.code)
}

export function codeText(t: Dictionary, code: string): string {
  return known(t.errors, code) ?? t.errors.UNEXPECTED
}

/** What to tell beside the field, or null when the failure is not about it. */
export function fieldText(t: Dictionary, failure: Failure | null, field: string): string | null {
  const code = failure?.details.fields?.[field]
  if (!code) return null
  const kind = field === 'newPassword' ? 'password' : field
  const specific = (t.fieldErrors as Record<string, Texts | undefined>)[kind]
  return known(specific, code) ?? known(t.fieldErrors.any, code) ?? codeText(t, code)
}

/** A code may be any word, also one that every object answers to. */
function known(texts: Texts | undefined, code: string): string | undefined {
  return texts && Object.hasOwn(texts, code) ? texts[code] : undefined
}
