import { useTexts } from '@/i18n/language'
import { useLive } from '@/realtime/live-context'
import type { OutboxEntry } from '@/realtime/outbox-entry'

export function DeliveryActions({ entry }: { entry: OutboxEntry }) {
  const t = useTexts()
  const { outbox, socket } = useLive()
  const retry = () => {
    socket.reconnectNow()
    outbox.retry(entry.clientMessageId)
  }
  return (
    <>
      <Action label={t.messages.retry} onClick={retry} />
      <Action label={t.messages.discard} onClick={() => outbox.discard(entry.clientMessageId)} />
    </>
  )
}

function Action({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <button
      type="button"
      onClick={onClick}
      className="min-h-6 rounded px-1 font-semibold text-link underline underline-offset-2"
    >
      {label}
    </button>
  )
}
