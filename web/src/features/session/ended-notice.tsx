import type { EndReason } from '@/api/session-state'
import { session } from '@/api/session'
import { useTexts } from '@/i18n/language'
import { useObservable } from '@/lib/use-observable'
import { Notice } from '@/ui/notice'

/** Why one is on the login page, when one did not come by oneself. */
export function EndedNotice() {
  const t = useTexts()
  const state = useObservable(session.state)
  const because: EndReason | null = state.status === 'anonymous' ? state.because : null
  return because && <Notice>{t.session.ended[because]}</Notice>
}
