import { localStore } from '@/lib/storage'

import { remember } from './database'
import { isOutboxEntry, type OutboxEntry } from './outbox-entry'

/**
 * What one user has not sent yet, for all tabs, until it is sent or discarded. It lives in IndexedDB; as that takes a
 * moment, and may be forbidden or full, local storage holds an entry until IndexedDB does.
 */
export class OutboxStorage {
  private readonly prefix: string

  constructor(private readonly me: string) {
    this.prefix = `outbox.${me}.`
  }

  /** What IndexedDB has not confirmed. */
  unconfirmed(): OutboxEntry[] {
    const keys = localStore.keys().filter((key) => key.startsWith(this.prefix))
    return keys.flatMap((key) => parse(localStore.get(key)))
  }

  async load(): Promise<OutboxEntry[]> {
    const kept = await remember((database) =>
      database.getAll('outbox', IDBKeyRange.bound([this.me], [this.me, []])),
    )
    // Of two versions the one that is not confirmed is newer.
    const byId = new Map(
      [...(kept ?? []), ...this.unconfirmed()].map((entry) => [entry.clientMessageId, entry]),
    )
    return [...byId.values()]
  }

  async save(entry: OutboxEntry): Promise<void> {
    const key = this.prefix + entry.clientMessageId
    const text = JSON.stringify(entry)
    localStore.set(key, text)
    const confirmed = await remember(async (database) => {
      const transaction = database.transaction('outbox', 'readwrite', { durability: 'strict' })
      await transaction.store.put(entry, [this.me, entry.clientMessageId])
      await transaction.done
      return true
    })
    if (confirmed && localStore.get(key) === text) localStore.set(key, null)
  }

  async remove(id: string): Promise<void> {
    localStore.set(this.prefix + id, null)
    await remember((database) => database.delete('outbox', [this.me, id]))
  }
}

function parse(text: string | null): OutboxEntry[] {
  try {
    const entry: unknown = text === null ? null : JSON.parse(text)
    return isOutboxEntry(entry) ? [entry] : []
  } catch {
    return []
  }
}
