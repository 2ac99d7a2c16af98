/** All tabs of one browser: what one says the others hear, in a turn of its own. */
export class FakeChannel extends EventTarget {
  static all = new Set<FakeChannel>()

  constructor(readonly name: string) {
    super()
    FakeChannel.all.add(this)
  }

  postMessage(data: unknown): void {
    for (const other of FakeChannel.all) {
      if (other === this || other.name !== this.name) continue
      setTimeout(() => other.dispatchEvent(new MessageEvent('message', { data })), 1)
    }
  }

  close(): void {
    FakeChannel.all.delete(this)
  }
}

/** Web Locks as all tabs of one browser share them. */
export class FakeLocks {
  private readonly last = new Map<string, Promise<unknown>>()

  request<T>(name: string, task: () => Promise<T>): Promise<T> {
    const before = this.last.get(name) ?? Promise.resolve()
    const mine = before.catch(() => undefined).then(task)
    this.last.set(name, mine)
    return mine
  }
}
