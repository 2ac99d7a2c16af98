import { type DBSchema, type IDBPDatabase, openDB } from 'idb'

import type { Message, RoomSummary } from '@/api/types'
import { within } from '@/lib/within'

import type { OutboxEntry } from './outbox-entry'

/** The rooms as they were listed last. */
export interface KeptRooms {
  general: RoomSummary
  rooms: RoomSummary[]
  /** When, in milliseconds of this device's clock. */
  at: number
}

/** The end of a room's log as it was last. */
export interface KeptLog {
  messages: Message[]
  hasOlder: boolean
  at: number
}

/** What this browser remembers, each under the id of the user whose it is. */
interface Schema extends DBSchema {
  outbox: { key: [me: string, clientMessageId: string]; value: OutboxEntry }
  rooms: { key: string; value: KeptRooms }
  logs: { key: [me: string, roomId: number]; value: KeptLog; indexes: { at: number } }
}

const NAME = 'cloud-chat'
/** An open that hangs is as good as none. */
const OPEN_MS = 3000

let opened: Promise<IDBPDatabase<Schema>> | null = null

/** Runs `use` on the database; `undefined` where there is none, or it is full: then nothing is remembered. */
export async function remember<T>(
  use: (database: IDBPDatabase<Schema>) => Promise<T>,
): Promise<T | undefined> {
  try {
    opened ??= open()
    const database = await within(OPEN_MS, opened, null)
    return database ? await use(database) : undefined
  } catch {
    opened = null
    return undefined
  }
}

// Async, so that a browser without IndexedDB rejects instead of throwing.
async function open(): Promise<IDBPDatabase<Schema>> {
  return openDB<Schema>(NAME, 1, {
    upgrade: (database) => {
      database.createObjectStore('outbox')
      database.createObjectStore('rooms')
      database.createObjectStore('logs').createIndex('at', 'at')
    },
    // A newer version of the app, in another tab, needs it.
    blocking: (_current, _blocked, event) => {
      ;(event.target as IDBDatabase).close()
      opened = null
    },
    terminated: () => {
      opened = null
    },
  })
}
