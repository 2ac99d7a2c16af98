import { tabStore } from '@/lib/storage'

import type { OutboxEntry } from './outbox-entry'

// A tab's own, so that two tabs never overwrite each other's. Survives a reload.

export function loadOutbox(me: string): OutboxEntry[] {
  try {
    const entries = JSON.parse(tabStore.get(key(me)) ?? '[]') as OutboxEntry[]
    // An acknowledged one is stored: the log brings it.
    return entries.filter((entry) => entry.state !== 'acked')
  } catch {
    return []
  }
}

export function saveOutbox(me: string, entries: readonly OutboxEntry[]): void {
  tabStore.set(key(me), entries.length > 0 ? JSON.stringify(entries) : null)
}

function key(me: string): string {
  return `outbox.${me}`
}
