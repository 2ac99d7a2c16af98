import type { QueryClient } from '@tanstack/react-query'

import type { ServerEvent } from '@/api/types'

import { keys } from './keys'
import { LogSync } from './log-sync'
import type { Pages } from './pages'
import { RoomSync } from './room-sync'

/** Socket events into the query cache, and nowhere else. */
export class Sync {
  readonly logs: LogSync
  readonly rooms: RoomSync

  constructor(
    private readonly queries: QueryClient,
    private readonly me: string,
    pages: Pages,
    onLogChanged: (roomId: number) => void,
  ) {
    this.logs = new LogSync(queries, pages, onLogChanged)
    this.rooms = new RoomSync(queries, me)
  }

  handle(event: ServerEvent): void {
    switch (event.type) {
      case 'system':
        this.logs.connected(event.rooms)
        void this.rooms.refetch()
        void this.queries.invalidateQueries({ queryKey: ['members'] })
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
        if (event.userId === this.me) void this.rooms.refetch()
        this.membersChanged(event.roomId)
        break
      case 'memberRemoved':
        if (event.userId === this.me) this.left(event.roomId)
        else this.membersChanged(event.roomId)
        break
      case 'roomUpdated':
        this.rooms.change(event.room)
        this.membersChanged(event.room.id)
        break
      case 'roomDeleted':
        this.left(event.roomId)
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

  private membersChanged(roomId: number): void {
    void this.queries.invalidateQueries({ queryKey: keys.members(roomId) })
  }
}
