import { TabChannel } from '@/lib/tab-channel'

interface Word {
  roomId: number
  isLeaving: boolean
}

/** The rooms that one leaves oneself, in this tab or another: that they are gone is no news. */
export class OwnLeaves {
  private readonly rooms = new Set<number>()
  private channel: TabChannel<Word> | null = null

  start(): () => void {
    const channel = new TabChannel<Word>('leaves', (word) => this.note(word))
    this.channel = channel
    return () => channel.close()
  }

  async during(roomId: number, leave: () => Promise<unknown>): Promise<void> {
    this.tell({ roomId, isLeaving: true })
    try {
      await leave()
    } catch (error) {
      this.tell({ roomId, isLeaving: false })
      throw error
    }
  }

  has(roomId: number): boolean {
    return this.rooms.has(roomId)
  }

  /** One is in the room again. */
  forget(roomId: number): void {
    this.rooms.delete(roomId)
  }

  private tell(word: Word): void {
    this.note(word)
    this.channel?.say(word)
  }

  private note({ roomId, isLeaving }: Word): void {
    if (isLeaving) this.rooms.add(roomId)
    else this.rooms.delete(roomId)
  }
}
