import type { QueryClient } from '@tanstack/react-query'

import type { RoomSummary } from '@/api/types'
import { failureOf } from '@/lib/failure'
import { Observable } from '@/lib/observable'
import { within } from '@/lib/within'

import { keys } from './keys'
import { loadLog, loadRooms, saveLog, saveRooms } from './kept-storage'
import { lastSeq, openLog, type RoomLog, suspect } from './room-log'

interface Options {
  queries: QueryClient
  me: string
  /** False once the session has ended: nothing may be written any more. */
  isSignedIn: () => boolean
}

/** What was kept, and when. */
interface Kept<T> {
  data: T
  at: number
}

/** How long the server may take before what was kept is shown. */
const PATIENCE_MS = 3000
/** Changes within this time are written together. */
const GATHER_MS = 2000
const MESSAGES_MAX = 100
/** A kept log that is further behind than this is loaded anew instead of page by page. */
const BEHIND_MAX = 1000

/** Keeps the rooms and the ends of their logs in this browser, and gives them while the server is away. */
export class Keeper {
  /** When what is shown was kept; null while it is what the server says. */
  readonly shownFrom = new Observable<number | null>(null)
  private readonly given = new WeakSet<object>()
  private readonly givenLogs = new Set<number>()
  private readonly changedLogs = new Set<number>()
  private roomsChanged = false
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly options: Options) {}

  start(): () => void {
    const { queries } = this.options
    const stopListening = queries.getQueryCache().subscribe((event) => {
      if (event.type !== 'updated' || event.action.type !== 'success') return
      const data: unknown = event.query.state.data
      const isOwn = typeof data === 'object' && data !== null && this.given.has(data)
      if (!isOwn) this.note(event.query.queryKey as readonly unknown[])
    })
    const flush = () => void this.flush()
    window.addEventListener('pagehide', flush)
    document.addEventListener('visibilitychange', flush)
    return () => {
      stopListening()
      clearTimeout(this.timer)
      window.removeEventListener('pagehide', flush)
      document.removeEventListener('visibilitychange', flush)
    }
  }

  general(load: () => Promise<RoomSummary>): Promise<RoomSummary> {
    const kept = async () => {
      const rooms = await loadRooms(this.options.me)
      return rooms && { data: rooms.general, at: rooms.at }
    }
    return this.loadOr(keys.general, load, kept, () => this.refresh(keys.general))
  }

  rooms(load: () => Promise<RoomSummary[]>): Promise<RoomSummary[]> {
    const kept = async () => {
      const rooms = await loadRooms(this.options.me)
      return rooms && { data: rooms.rooms, at: rooms.at }
    }
    return this.loadOr(keys.rooms, load, kept, () => this.refresh(keys.rooms))
  }

  /** `catchUp`: the server answers after all, so what followed the kept messages can be had. */
  log(roomId: number, load: () => Promise<RoomLog>, catchUp: () => void): Promise<RoomLog> {
    const kept = async () => {
      const log = await loadLog(this.options.me, roomId)
      if (!log) return undefined
      this.givenLogs.add(roomId)
      return { data: suspect(openLog(log.messages, log.hasOlder)), at: log.at }
    }
    return this.loadOr(keys.log(roomId), load, kept, catchUp)
  }

  /** The connection is there, and says how far the logs reach. */
  connected(positions: readonly { roomId: number; lastSeq: number }[]): void {
    this.shownFrom.set(null)
    for (const { roomId, lastSeq: reach } of positions) {
      const log = this.options.queries.getQueryData<RoomLog>(keys.log(roomId))
      const isFarBehind = log && reach - lastSeq(log) > BEHIND_MAX
      if (!isFarBehind || !this.givenLogs.has(roomId)) continue
      void this.options.queries.resetQueries({ queryKey: keys.log(roomId) })
    }
    this.givenLogs.clear()
  }

  private async loadOr<T extends object>(
    key: readonly unknown[],
    load: () => Promise<T>,
    kept: () => Promise<Kept<T> | undefined>,
    onLate: () => void,
  ): Promise<T> {
    const loading = load()
    try {
      const loaded = await within(PATIENCE_MS, loading, null)
      if (loaded) return loaded
    } catch (error) {
      if (!failureOf(error).isUnreachable) throw error
    }
    const known = this.options.queries.getQueryData<T>(key)
    const found = known ? { data: known, at: null } : await kept()
    if (!found) return loading
    if (found.at !== null) {
      this.given.add(found.data)
      this.shownFrom.set(found.at)
    }
    loading.then(onLate, () => undefined)
    return found.data
  }

  private refresh(queryKey: readonly unknown[]): void {
    void this.options.queries.invalidateQueries({ queryKey })
  }

  private note([kind, roomId]: readonly unknown[]): void {
    if (kind === 'general' || kind === 'rooms') this.roomsChanged = true
    else if (kind === 'log' && typeof roomId === 'number') this.changedLogs.add(roomId)
    else return
    this.timer ??= setTimeout(() => void this.flush(), GATHER_MS)
  }

  private async flush(): Promise<void> {
    clearTimeout(this.timer)
    this.timer = undefined
    const { queries, me, isSignedIn } = this.options
    const at = Date.now()
    const logs = [...this.changedLogs]
    this.changedLogs.clear()
    const writes = logs.flatMap((roomId) => {
      const log = queries.getQueryData<RoomLog>(keys.log(roomId))
      if (!log) return []
      const messages = log.messages.slice(-MESSAGES_MAX)
      const hasOlder = log.hasOlder || messages.length < log.messages.length
      return [saveLog(me, roomId, { messages, hasOlder, at }, isSignedIn)]
    })
    const general = queries.getQueryData<RoomSummary>(keys.general)
    const rooms = queries.getQueryData<RoomSummary[]>(keys.rooms)
    if (this.roomsChanged && general && rooms) {
      this.roomsChanged = false
      writes.push(saveRooms(me, { general, rooms, at }, isSignedIn))
    }
    await Promise.all(writes)
  }
}
