import type { QueryClient } from '@tanstack/react-query'

import type { Message } from '@/api/types'
import { failureOf } from '@/lib/failure'

import { backoffMs } from './backoff'
import { keys } from './keys'
import { LARGEST_PAGE, type Pages } from './pages'
import {
  fill,
  gapAfter,
  hear,
  lastSeq,
  openLog,
  prepend,
  receive,
  type RoomLog,
  suspect,
} from './room-log'
import { Sleeper } from './sleeper'

/** Keeps the logs in the query cache whole: live events in, gaps filled page by page. */
export class LogSync {
  /** The highest `seq` heard of, also of rooms that are not loaded (yet). */
  private readonly heard = new Map<number, number>()
  private readonly repairing = new Set<number>()
  private readonly sleeper = new Sleeper()
  /** Raised whenever the connection comes or goes: an answer asked for before says nothing about after. */
  private epoch = 0

  constructor(
    private readonly queries: QueryClient,
    private readonly pages: Pages,
    private readonly onChanged: (roomId: number) => void,
  ) {}

  /** The newest page; for the query of the room's log. */
  async load(roomId: number): Promise<RoomLog> {
    const { epoch } = this
    const page = await this.pages.newest(roomId)
    const log = openLog(page.messages, page.hasMore)
    // Once this is in the cache: what was heard while it was on its way may be missing from it.
    setTimeout(() => {
      this.onChanged(roomId)
      this.hear(roomId, this.heard.get(roomId) ?? 0)
    })
    return epoch === this.epoch ? log : suspect(log)
  }

  async loadOlder(roomId: number, limit?: number): Promise<void> {
    const log = this.read(roomId)
    const before = log?.messages[0]?.seq
    if (!log?.hasOlder || before === undefined) return
    const page = await this.pages.before(roomId, before, limit)
    this.update(roomId, (current) => prepend(current, before, page.messages, page.hasMore))
  }

  /** Earlier messages, page by page, until the run begins with this `seq` or before it, or the signal says stop. */
  async loadBackTo(roomId: number, seq: number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const log = this.read(roomId)
      if (!log?.hasOlder || (log.messages[0]?.seq ?? 0) <= seq) return
      await this.loadOlder(roomId, LARGEST_PAGE)
    }
  }

  /** When the message was written, whether it is loaded or not. */
  async timeOf(roomId: number, seq: number): Promise<string | null> {
    const messages = this.read(roomId)?.messages ?? []
    const loaded = messages[seq - (messages[0]?.seq ?? 0)]
    const [message = null] = loaded
      ? [loaded]
      : (await this.pages.after(roomId, seq - 1, 1)).messages
    return message?.createdAt ?? null
  }

  receive(message: Message): void {
    const { roomId, seq } = message
    this.note(roomId, seq)
    this.update(roomId, (log) => receive(log, message))
    this.startRepair(roomId)
  }

  /** The room's log is said to reach this far. */
  hear(roomId: number, seq: number): void {
    this.note(roomId, seq)
    this.update(roomId, (log) => hear(log, seq))
    this.startRepair(roomId)
  }

  /** The connection listens from here on: catch up with what happened before. */
  connected(positions: readonly { roomId: number; lastSeq: number }[]): void {
    this.epoch += 1
    const reached = new Map(positions.map((position) => [position.roomId, position.lastSeq]))
    for (const [roomId, seq] of reached) this.heard.set(roomId, seq)
    for (const roomId of this.loadedRooms()) {
      if ((reached.get(roomId) ?? Infinity) < (this.reached(roomId) ?? 0)) {
        this.reload(roomId)
        continue
      }
      this.update(roomId, (log) => {
        const reach = reached.get(roomId)
        const isWhole = reach !== undefined && reach <= lastSeq(log)
        return isWhole ? { ...log, isOpenEnded: false } : hear(suspect(log), reach ?? 0)
      })
      this.startRepair(roomId)
    }
    this.sleeper.wakeAll()
  }

  lost(): void {
    this.epoch += 1
    for (const roomId of this.loadedRooms()) this.update(roomId, suspect)
  }

  /** Where the loaded run ends; null when the room is not loaded. */
  reached(roomId: number): number | null {
    const log = this.read(roomId)
    return log ? lastSeq(log) : null
  }

  forget(roomId: number): void {
    this.heard.delete(roomId)
    this.queries.removeQueries({ queryKey: keys.log(roomId) })
  }

  stop(): void {
    this.repairing.clear()
    this.sleeper.wakeAll()
  }

  /** The server was set back to an earlier state: what it does not have any more is gone. */
  private reload(roomId: number): void {
    this.queries.removeQueries({ queryKey: keys.log(roomId), type: 'inactive' })
    void this.queries.invalidateQueries({ queryKey: keys.log(roomId) })
  }

  private startRepair(roomId: number): void {
    if (this.gap(roomId) === null || this.repairing.has(roomId)) return
    this.repairing.add(roomId)
    void this.repair(roomId).finally(() => this.repairing.delete(roomId))
  }

  private async repair(roomId: number): Promise<void> {
    let failures = 0
    let after = this.gap(roomId)
    while (after !== null && this.repairing.has(roomId)) {
      await this.fillOnce(roomId, after)
      const next = this.gap(roomId)
      if (next === after && this.repairing.has(roomId)) {
        await this.sleeper.sleep(backoffMs(failures))
        failures += 1
      } else {
        failures = 0
      }
      after = this.gap(roomId)
    }
  }

  private async fillOnce(roomId: number, after: number): Promise<void> {
    const { epoch } = this
    try {
      const page = await this.pages.after(roomId, after)
      this.update(roomId, (log) => {
        const filled = fill(log, after, page.messages, page.hasMore)
        return epoch === this.epoch ? filled : suspect(filled)
      })
    } catch (error) {
      // No longer ours to read: nothing will ever fill it.
      if ([403, 404].includes(failureOf(error).status)) this.repairing.delete(roomId)
    }
  }

  private gap(roomId: number): number | null {
    const log = this.read(roomId)
    return log ? gapAfter(log) : null
  }

  private note(roomId: number, seq: number): void {
    this.heard.set(roomId, Math.max(seq, this.heard.get(roomId) ?? 0))
  }

  private read(roomId: number): RoomLog | undefined {
    return this.queries.getQueryData<RoomLog>(keys.log(roomId))
  }

  private update(roomId: number, change: (log: RoomLog) => RoomLog): void {
    const log = this.read(roomId)
    const changed = log && change(log)
    if (changed === log) return
    this.queries.setQueryData(keys.log(roomId), changed)
    this.onChanged(roomId)
  }

  private loadedRooms(): number[] {
    return this.queries
      .getQueriesData<RoomLog>({ queryKey: keys.logs })
      .flatMap(([key, log]) => (log && typeof key[1] === 'number' ? [key[1]] : []))
  }
}
