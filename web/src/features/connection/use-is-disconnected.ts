import { useEffect, useState } from 'react'

import { useObservable } from '@/lib/use-observable'
import { useLive } from '@/realtime/live-context'

const QUIET_MS = 2000

/** A short loss of the connection is nobody's business. */
export function useIsDisconnected(): boolean {
  const { socket } = useLive()
  const isConnected = useObservable(socket.state) === 'connected'
  const [isLost, setLost] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLost(!isConnected), isConnected ? 0 : QUIET_MS)
    return () => clearTimeout(timer)
  }, [isConnected])
  return isLost && !isConnected
}
