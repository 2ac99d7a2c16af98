import type { QueryClient } from '@tanstack/react-query'

import { fetchBody } from '@/api/client'
import type { Message, Room, RoomSummary } from '@/api/types'

import { keys } from './keys'
import { reload } from './reload'
import { withMessage, withRead, withRoom } from './summaries'

/** Keeps the list of rooms in the query cache current: last message, unread, name, owner. */
export class RoomSync {
  /** What events said last: an answer that was on its way meanwhile is older and must not undo it. */
  private readonly newest = new Map<number, Message>()
  private readonly read = new Map<number, number>()
  private loading: Promise<void> | undefined
  private isStale = false

  constructor(
    private readonly queries: QueryClient,
    private readonly me: string,
  ) {}

  async loadGeneral(): Promise<RoomSummary> {
    return this.withNews(await fetchBody('get', '/rooms/general', {}))
  }

  async loadRooms(): Promise<RoomSummary[]> {
    const rooms = await fetchBody('get', '/rooms/my-rooms', {})
    return rooms.map((room) => this.withNews(room))
  }

  /** What was heard of that is not there any more, as the server was set back to an earlier state, is forgotten. */
  connected(positions: readonly { roomId: number; lastSeq: number }[]): void {
    for (const { roomId, lastSeq } of positions) {
      if ((this.newest.get(roomId)?.seq ?? 0) > lastSeq) this.newest.delete(roomId)
      if ((this.read.get(roomId) ?? 0) > lastSeq) this.read.delete(roomId)
    }
    void this.restart()
  }

  receive(message: Message): void {
    const known = this.newest.get(message.roomId)
    if (!known || message.seq > known.seq) this.newest.set(message.roomId, message)
    const found = this.update(message.roomId, (room) => withMessage(room, message, this.me))
    if (!found) void this.refetch()
  }

  markRead(roomId: number, seq: number): void {
    this.read.set(roomId, Math.max(seq, this.read.get(roomId) ?? 0))
    this.update(roomId, (room) => withRead(room, seq))
  }

  change(room: Room): void {
    this.update(room.id, (summary) => withRoom(summary, room))
  }

  /** In the list; the general room is not looked for. */
  find(roomId: number): RoomSummary | undefined {
    return this.queries.getQueryData<RoomSummary[]>(keys.rooms)?.find((room) => room.id === roomId)
  }

  remove(roomId: number): void {
    this.newest.delete(roomId)
    this.read.delete(roomId)
    this.queries.setQueryData<RoomSummary[]>(keys.rooms, (rooms) =>
      rooms?.filter((room) => room.id !== roomId),
    )
    void this.restart()
  }

  /** One load at a time, and another after it: many messages of a room that is not listed yet must not put it off. */
  refetch(): Promise<void> {
    this.isStale = true
    this.loading ??= this.load()
    return this.loading
  }

  /** Without an answer that is on its way: it may hang, or hold a room that is gone. */
  private async restart(): Promise<void> {
    await (this.loading ? this.reloadLists() : this.refetch())
  }

  private async load(): Promise<void> {
    try {
      while (this.isStale) {
        this.isStale = false
        await this.reloadLists()
      }
    } finally {
      this.loading = undefined
    }
  }

  private async reloadLists(): Promise<void> {
    await Promise.all([reload(this.queries, keys.rooms), reload(this.queries, keys.general)])
  }

  /** Whether the room is in a list that is loaded, or no list is loaded yet. */
  private update(roomId: number, change: (room: RoomSummary) => RoomSummary): boolean {
    const general = this.queries.getQueryData<RoomSummary>(keys.general)
    const rooms = this.queries.getQueryData<RoomSummary[]>(keys.rooms)
    if (general?.id === roomId) {
      this.queries.setQueryData(keys.general, change(general))
      return true
    }
    if (rooms?.some((room) => room.id === roomId)) {
      this.queries.setQueryData(
        keys.rooms,
        rooms.map((room) => (room.id === roomId ? change(room) : room)),
      )
      return true
    }
    return !general || !rooms
  }

  private withNews(room: RoomSummary): RoomSummary {
    const message = this.newest.get(room.id)
    const current = message ? withMessage(room, message, this.me) : room
    return withRead(current, this.read.get(room.id) ?? 0)
  }
}
