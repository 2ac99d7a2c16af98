import { CircleAlert, Clock } from 'lucide-react'

import { codeText } from '@/i18n/failure-text'
import { useTexts } from '@/i18n/language'
import { useObservable } from '@/lib/use-observable'
import { useLive } from '@/realtime/live-context'
import type { OutboxEntry } from '@/realtime/outbox-entry'

import { DeliveryActions } from './delivery-actions'

/** Where one's own message is on its way to the room, and what can be done about it. */
export function DeliveryStatus({ entry }: { entry: OutboxEntry }) {
  const t = useTexts()
  const { socket } = useLive()
  const isConnected = useObservable(socket.state) === 'connected'
  if (entry.state === 'failed') {
    return (
      <p role="alert" className="flex flex-wrap items-center gap-x-2 text-sm text-danger-ink">
        <CircleAlert aria-hidden size={14} />
        {t.messages.failed} {entry.code && codeText(t, entry.code)}
        <DeliveryActions entry={entry} />
      </p>
    )
  }
  const isWaiting = !isConnected && entry.state === 'pending'
  return (
    <p className="flex flex-wrap items-center gap-x-2 text-xs text-muted">
      <Clock aria-hidden size={12} />
      {isWaiting ? t.messages.waiting : t.messages.sending}
      {isWaiting && <DeliveryActions entry={entry} />}
    </p>
  )
}
