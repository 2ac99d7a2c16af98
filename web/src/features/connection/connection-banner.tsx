import { WifiOff } from 'lucide-react'
import { useRef } from 'react'

import { useTexts } from '@/i18n/language'
import { useObservable } from '@/lib/use-observable'
import { useLostFocus } from '@/lib/use-lost-focus'
import { useOnline } from '@/lib/use-online'
import { useSecondsUntil } from '@/lib/use-seconds-until'
import { useLive } from '@/realtime/live-context'

import { useIsDisconnected } from './use-is-disconnected'

/** Nothing while all is well, and nothing for a short loss of the connection. */
export function ConnectionBanner() {
  const t = useTexts()
  const isDisconnected = useIsDisconnected()
  const isOnline = useOnline()
  const said = useRef<HTMLParagraphElement>(null)
  useLostFocus(said, isDisconnected)
  return (
    <>
      {/* Said once: the seconds that are left are for the eye. */}
      <p ref={said} role="status" tabIndex={-1} className="sr-only">
        {isDisconnected && (isOnline ? t.connection.lost : t.connection.offline)}
      </p>
      {isDisconnected && (
        <div className="flex min-h-10 shrink-0 items-center justify-center gap-x-3 bg-notice px-4 py-1 text-sm text-notice-ink">
          <WifiOff aria-hidden size={16} className="shrink-0" />
          {isOnline ? <Retrying /> : <span aria-hidden>{t.connection.offline}</span>}
        </div>
      )}
    </>
  )
}

function Retrying() {
  const t = useTexts()
  const { socket } = useLive()
  const retryAt = useObservable(socket.retryAt)
  return (
    <>
      <span aria-hidden>
        {t.connection.lost} {retryAt === null ? t.connection.trying : <Countdown to={retryAt} />}
      </span>
      <button
        type="button"
        onClick={socket.reconnectNow}
        className="min-h-8 shrink-0 rounded-md px-2 font-semibold underline underline-offset-4"
      >
        {t.connection.tryNow}
      </button>
    </>
  )
}

function Countdown({ to }: { to: number }) {
  const t = useTexts()
  return t.connection.tryingIn(useSecondsUntil(to))
}
