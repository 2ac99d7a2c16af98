import { CircleAlert, Clock } from 'lucide-react'

import { codeText } from '@/i18n/failure-text'
import { useTexts } from '@/i18n/language'
import { useObservable } from '@/lib/use-observable'
import { useSecondsUntil } from '@/lib/use-seconds-until'
import { useLive } from '@/realtime/live-context'
import type { OutboxEntry } from '@/realtime/outbox-entry'
import { Countdown } from '@/ui/countdown'

import { DeliveryActions } from './delivery-actions'

/** Where one's own message is on its way to the room, and what can be done about it. */
export function DeliveryStatus({ entry }: { entry: OutboxEntry }) {
  const t = useTexts()
  const { socket } = useLive()
  const isConnected = useObservable(socket.state) === 'connected'
  const until = waitsUntil(entry)
  const isDue = useSecondsUntil(until) === 0
  if (entry.state === 'failed') {
    return (
      <p role="alert" className="flex flex-wrap items-center gap-x-2 text-sm text-danger-ink">
        <CircleAlert aria-hidden size={14} />
        {t.messages.failed} {entry.code && codeText(t, entry.code)}
        <DeliveryActions entry={entry} />
      </p>
    )
  }
  const isOffline = !isConnected && entry.state === 'pending'
  return (
    <p className="flex flex-wrap items-center gap-x-2 text-xs text-muted">
      <Clock aria-hidden size={12} />
      {isOffline && t.messages.waiting}
      {!isOffline && isDue && t.messages.sending}
      {!isOffline && !isDue && (
        <Countdown until={until} text={t.messages.sendingIn} over={t.messages.sending} />
      )}
      {(isOffline || !isDue) && <DeliveryActions entry={entry} />}
    </p>
  )
}

/** Until when the server asked to wait; 0 when it did not. */
function waitsUntil({ state, code, retryAt = 0 }: OutboxEntry): number {
  const isAsked = state === 'pending' && (code === 'RATE_LIMITED' || code === 'UNAVAILABLE')
  return isAsked ? retryAt : 0
}
