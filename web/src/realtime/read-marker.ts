import { failureOf } from '@/lib/failure'

interface Options {
  post: (roomId: number, seq: number) => Promise<unknown>
  /** Counts fall here at once, before the server knows. */
  onSeen: (roomId: number, seq: number) => void
}

const GATHER_MS = 400
const RETRY_MS = 5000

/** Tells the server how far one has read: what was seen within a moment is told once, and until it is known. */
export class ReadMarker {
  private readonly seen = new Map<number, number>()
  private readonly told = new Map<number, number>()
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly options: Options) {}

  /** `known`: how far the server knows already. */
  see(roomId: number, seq: number, known: number): void {
    if (seq <= Math.max(known, this.seen.get(roomId) ?? 0)) return
    this.seen.set(roomId, seq)
    this.options.onSeen(roomId, seq)
    this.later(GATHER_MS)
  }

  flush(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    for (const [roomId, seq] of this.seen) {
      if (seq > (this.told.get(roomId) ?? 0)) void this.tell(roomId, seq)
    }
  }

  stop(): void {
    this.flush()
    clearTimeout(this.timer)
  }

  private async tell(roomId: number, seq: number): Promise<void> {
    this.told.set(roomId, seq)
    try {
      await this.options.post(roomId, seq)
    } catch (error) {
      const failure = failureOf(error)
      const isWorthRepeating =
        failure.isUnreachable || failure.status === 429 || failure.status >= 500
      if (!isWorthRepeating || this.told.get(roomId) !== seq) return
      this.told.delete(roomId)
      this.later(RETRY_MS)
    }
  }

  private later(delayMs: number): void {
    this.timer ??= setTimeout(() => this.flush(), delayMs)
  }
}
