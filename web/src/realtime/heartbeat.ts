const PING_MS = 30_000
const PONG_MS = 10_000

/** Browsers do not show protocol pings: only a question of our own tells a silent connection from a dead one. */
export class Heartbeat {
  private next: ReturnType<typeof setTimeout> | undefined
  private deadline: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly options: { ping: () => void; onSilence: () => void }) {}

  start(): void {
    this.stop()
    this.next = setTimeout(this.askNow, PING_MS)
  }

  stop(): void {
    clearTimeout(this.next)
    clearTimeout(this.deadline)
    this.deadline = undefined
  }

  answered(): void {
    clearTimeout(this.deadline)
    this.deadline = undefined
  }

  readonly askNow = (): void => {
    clearTimeout(this.next)
    this.next = setTimeout(this.askNow, PING_MS)
    this.options.ping()
    this.deadline ??= setTimeout(this.options.onSilence, PONG_MS)
  }
}
