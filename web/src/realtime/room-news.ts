import type { RoomSummary } from '@/api/types'
import { Observable } from '@/lib/observable'

import { OwnLeaves } from './own-leaves'

export type Departure = 'removed' | 'deleted'

export interface RoomNews {
  kind: 'added' | Departure
  room: RoomSummary
}

/** What happens to one's rooms by others: for telling of it, and for saying where a room went. */
export class RoomNewsDesk {
  /** The last news; every one is set. */
  readonly latest = new Observable<RoomNews | null>(null)
  /** Rooms that one was in, and why one is not. */
  readonly departed = new Observable<ReadonlyMap<number, RoomNews>>(new Map())
  readonly leaves = new OwnLeaves()

  constructor(private readonly me: string) {}

  added(room: RoomSummary): void {
    this.returned(room.id)
    // Only an owner adds, so a room of one's own was made by oneself, in another tab or on another device.
    if (room.ownerUserId !== this.me) this.latest.set({ kind: 'added', room })
  }

  departedFrom(room: RoomSummary, kind: Departure): void {
    const news = { kind, room }
    this.departed.set(new Map(this.departed.get()).set(room.id, news))
    // Nobody removes an owner, and nobody else deletes the room.
    const isOwnAct = room.ownerUserId === this.me || this.leaves.has(room.id)
    if (!isOwnAct) this.latest.set(news)
  }

  private returned(roomId: number): void {
    this.leaves.forget(roomId)
    const departed = new Map(this.departed.get())
    if (departed.delete(roomId)) this.departed.set(departed)
  }
}
