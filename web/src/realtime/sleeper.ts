/** Waits that can be cut short all at once. */
export class Sleeper {
  private readonly wakers = new Set<() => void>()

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer)
        this.wakers.delete(wake)
        resolve()
      }
      const timer = setTimeout(wake, ms)
      this.wakers.add(wake)
    })
  }

  wakeAll(): void {
    for (const wake of [...this.wakers]) wake()
  }
}
