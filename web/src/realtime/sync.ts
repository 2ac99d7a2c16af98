import type { QueryClient } from '@tanstack/react-query'

import type { ServerEvent } from '@/api/types'

import { keys } from './keys'
import { LogSync } from './log-sync'
import type { Pages } from './pages'
import { reload } from './reload'
import { type Departure, RoomNewsDesk } from './room-news'
import { RoomSync } from './room-sync'

const MEMBERS_PAUSE_MS = 1000

/** Socket events into the query cache, and nowhere else. */
export class Sync {
  readonly logs: LogSync
  readonly rooms: RoomSync
  readonly news: RoomNewsDesk
  /** Rooms whose members were asked for a moment ago, and whether they changed again since. */
  private readonly memberNews = new Map<number, boolean>()

  constructor(
    private readonly queries: QueryClient,
    private readonly me: string,
    pages: Pages,
    onLogChanged: (roomId: number) => void,
  ) {
    this.logs = new LogSync(queries, pages, onLogChanged)
    this.rooms = new RoomSync(queries, me)
    this.news = new RoomNewsDesk(me)
  }

  handle(event: ServerEvent): void {
    switch (event.type) {
      case 'system':
        this.logs.connected(event.rooms)
        this.rooms.connected(event.rooms)
        void reload(this.queries, ['members'])
        // What could not be loaded while the server was away can be now.
        void this.queries.invalidateQueries({
          predicate: ({ state }) => state.status === 'error',
        })
        break
      case 'message':
        this.logs.receive(event.message)
        this.rooms.receive(event.message)
        break
      case 'read':
        this.rooms.markRead(event.roomId, event.seq)
        break
      case 'memberAdded':
        if (event.userId === this.me) void this.joined(event.roomId)
        this.membersChanged(event.roomId)
        break
      case 'memberRemoved':
        if (event.userId === this.me) this.lost(event.roomId, 'removed')
        else this.membersChanged(event.roomId)
        break
      case 'roomUpdated':
        this.rooms.change(event.room)
        this.membersChanged(event.room.id)
        break
      case 'roomDeleted':
        this.lost(event.roomId, 'deleted')
        break
      case 'ack':
      case 'error':
      case 'pong':
        break
    }
  }

  /** The room is no longer ours. */
  left(roomId: number): void {
    this.rooms.remove(roomId)
    this.logs.forget(roomId)
    this.queries.removeQueries({ queryKey: keys.members(roomId) })
  }

  private async joined(roomId: number): Promise<void> {
    const isKnown = this.rooms.find(roomId) !== undefined
    await this.rooms.refetch()
    const room = this.rooms.find(roomId)
    if (room && !isKnown) this.news.added(room)
  }

  private lost(roomId: number, why: Departure): void {
    const room = this.rooms.find(roomId)
    if (room) this.news.departedFrom(room, why)
    this.left(roomId)
  }

  /** At once, and then no more often than now and then: many may join together. */
  private membersChanged(roomId: number): void {
    const isWaiting = this.memberNews.has(roomId)
    this.memberNews.set(roomId, isWaiting)
    if (isWaiting) return
    void reload(this.queries, keys.members(roomId))
    setTimeout(() => {
      const hasMore = this.memberNews.get(roomId)
      this.memberNews.delete(roomId)
      if (hasMore) this.membersChanged(roomId)
    }, MEMBERS_PAUSE_MS)
  }
}
