import { type KeptLog, type KeptRooms, remember } from './database'

/** How many rooms' logs are kept: those that changed last while they were loaded. */
const LOGS_MAX = 20

export function loadRooms(me: string): Promise<KeptRooms | undefined> {
  return remember((database) => database.get('rooms', me))
}

export function loadLog(me: string, roomId: number): Promise<KeptLog | undefined> {
  return remember((database) => database.get('logs', [me, roomId]))
}

/** Also forgets the logs of rooms that are not in the list. `isWanted` is asked last, before anything is written. */
export async function saveRooms(
  me: string,
  kept: KeptRooms,
  isWanted: () => boolean,
): Promise<void> {
  const ids = new Set([kept.general, ...kept.rooms].map((room) => room.id))
  await remember(async (database) => {
    if (!isWanted()) return
    const transaction = database.transaction(['rooms', 'logs'], 'readwrite')
    const logs = transaction.objectStore('logs')
    void transaction.objectStore('rooms').put(kept, me)
    const keys = await logs.getAllKeys()
    await Promise.all(keys.filter(([, roomId]) => !ids.has(roomId)).map((key) => logs.delete(key)))
    await transaction.done
  })
}

export async function saveLog(
  me: string,
  roomId: number,
  kept: KeptLog,
  isWanted: () => boolean,
): Promise<void> {
  await remember(async (database) => {
    if (!isWanted()) return
    const transaction = database.transaction('logs', 'readwrite')
    const { store } = transaction
    void store.put(kept, [me, roomId])
    const oldestFirst = await store.index('at').getAllKeys()
    const tooMany = oldestFirst.slice(0, Math.max(0, oldestFirst.length - LOGS_MAX))
    await Promise.all(tooMany.map((key) => store.delete(key)))
    await transaction.done
  })
}

/** Whoever uses this browser next must not see it. What was written and not sent stays for its author. */
export async function wipeKept(): Promise<void> {
  await remember(async (database) => {
    const transaction = database.transaction(['rooms', 'logs'], 'readwrite')
    void transaction.objectStore('rooms').clear()
    void transaction.objectStore('logs').clear()
    await transaction.done
  })
}
