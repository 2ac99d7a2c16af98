import { Observable } from './observable'
import { localStore } from './storage'

/** A yes or no of this browser; no until one says yes. Its tabs agree. */
export class StoredFlag extends Observable<boolean> {
  constructor(private readonly key: string) {
    super(localStore.get(key) === '1')
    window.addEventListener('storage', (event) => {
      if (event.key === key || event.key === null) this.set(localStore.get(key) === '1')
    })
  }

  choose(value: boolean): void {
    localStore.set(this.key, value ? '1' : null)
    this.set(value)
  }
}
