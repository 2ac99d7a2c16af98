import type { ClientAction, ServerEvent } from '@/api/types'
import { failureOf } from '@/lib/failure'
import { Observable } from '@/lib/observable'

import { backoffMs } from './backoff'
import { Heartbeat } from './heartbeat'

/** `connected` once the server said so: from then on events are complete. */
export type ConnectionState = 'connecting' | 'connected' | 'waiting' | 'stopped'

export interface SocketOptions {
  url: () => string
  /** The access token; with `fresh` a new one, as the old may have been refused. Rejects with a `Failure`. */
  token: (fresh: boolean) => Promise<string>
  onEvent: (event: ServerEvent) => void
  /** The server ended the session. */
  onRevoked: () => void
}

const POLICY_VIOLATION = 1008
const ABNORMAL_CLOSURE = 1006
/** A handshake that hangs longer than this is given up. */
const CONNECT_MS = 10_000

/** One connection that carries every room of the user, and comes back whenever it is lost. */
export class ChatSocket {
  readonly state = new Observable<ConnectionState>('stopped')
  /** While it waits: when it tries again, as `Date.now()` counts. */
  readonly retryAt = new Observable<number | null>(null)
  private socket: WebSocket | null = null
  private attempt = 0
  private needsFreshToken = false
  private timer: ReturnType<typeof setTimeout> | undefined
  private readonly heartbeat = new Heartbeat({
    ping: () => this.send({ action: 'ping' }),
    // The peer is gone without a word: its close handshake would not come either.
    onSilence: () => this.lose(ABNORMAL_CLOSURE, ''),
  })

  constructor(private readonly options: SocketOptions) {}

  start(): void {
    if (this.state.get() !== 'stopped') return
    window.addEventListener('online', this.reconnectNow)
    window.addEventListener('offline', this.reconnectNow)
    window.addEventListener('focus', this.reconnectNow)
    void this.connect()
  }

  stop(): void {
    window.removeEventListener('online', this.reconnectNow)
    window.removeEventListener('offline', this.reconnectNow)
    window.removeEventListener('focus', this.reconnectNow)
    clearTimeout(this.timer)
    this.drop()
    this.retryAt.set(null)
    this.state.set('stopped')
  }

  /** False when there is no connection: nothing was sent. */
  send(action: ClientAction): boolean {
    if (this.socket?.readyState !== WebSocket.OPEN) return false
    this.socket.send(JSON.stringify(action))
    return true
  }

  readonly reconnectNow = (): void => {
    if (this.state.get() === 'waiting') void this.connect()
    // The network may have changed under an open connection: ask at once instead of at the next ping.
    else if (this.state.get() === 'connected') this.heartbeat.askNow()
  }

  /** A connection keeps the name that its token had: after a new name it starts again with the new token. */
  renew(): void {
    if (this.state.get() !== 'connected') return
    this.drop()
    void this.connect()
  }

  private async connect(): Promise<void> {
    clearTimeout(this.timer)
    this.retryAt.set(null)
    this.state.set('connecting')
    try {
      const token = await this.options.token(this.needsFreshToken)
      if (this.state.get() === 'connecting') this.open(token)
    } catch (error) {
      if (this.state.get() !== 'connecting') return
      // A refused token ends the session elsewhere; an unreachable server is worth waiting for.
      if (failureOf(error).status === 401) this.stop()
      else this.wait()
    }
  }

  private open(token: string): void {
    const socket = new WebSocket(this.options.url(), ['bearer', token])
    this.socket = socket
    socket.onmessage = ({ data }) => {
      if (socket === this.socket && typeof data === 'string') this.handle(data)
    }
    socket.onclose = ({ code, reason }) => {
      if (socket === this.socket) this.lose(code, reason)
    }
    this.timer = setTimeout(() => this.lose(ABNORMAL_CLOSURE, ''), CONNECT_MS)
  }

  private handle(data: string): void {
    const event = eventIn(data)
    if (event === null) return
    if (event.type === 'pong') {
      this.heartbeat.answered()
      return
    }
    this.options.onEvent(event)
    if (event.type === 'system') {
      clearTimeout(this.timer)
      this.attempt = 0
      this.needsFreshToken = false
      this.heartbeat.start()
      this.state.set('connected')
    }
  }

  private lose(code: number, reason: string): void {
    clearTimeout(this.timer)
    this.drop()
    if (code === POLICY_VIOLATION && reason === 'revoked') {
      this.stop()
      this.options.onRevoked()
      return
    }
    // A refused token closes with 1008, or with 1006 where a gateway refuses the handshake itself.
    this.needsFreshToken ||= code === POLICY_VIOLATION || code === ABNORMAL_CLOSURE
    this.wait()
  }

  private wait(): void {
    const delay = backoffMs(this.attempt)
    this.timer = setTimeout(() => void this.connect(), delay)
    this.retryAt.set(Date.now() + delay)
    this.state.set('waiting')
    this.attempt += 1
  }

  private drop(): void {
    this.heartbeat.stop()
    const socket = this.socket
    this.socket = null
    socket?.close()
  }
}

/** `null` for what is no event: something between us and the server may have a word of its own. */
function eventIn(data: string): ServerEvent | null {
  try {
    const event = JSON.parse(data) as Partial<ServerEvent> | null
    return typeof event?.type === 'string' ? (event as ServerEvent) : null
  } catch {
    return null
  }
}
