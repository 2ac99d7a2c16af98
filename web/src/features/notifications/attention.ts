import { TabChannel } from '@/lib/tab-channel'
import { withTabLock } from '@/lib/tab-lock'

/** Long enough for another tab to answer, and for another device to say that it is read. */
const ASK_MS = 800

/** Whether somebody looks at any of this browser's tabs, and which one of them speaks when nobody does. */
export class Attention {
  private isSpeaker = false
  /** What waits to be spoken of, and whether somebody was looking meanwhile. */
  private readonly waiting = new Map<number, { isSeen: boolean }>()
  private release: (() => void) | null = null
  private isStopped = false
  private readonly channel = new TabChannel<'anybody?' | 'here'>('attention', (word) => {
    if (word === 'here') for (const one of this.waiting.values()) one.isSeen = true
    else if (hasAttention()) this.channel.say('here')
  })

  start(): void {
    void withTabLock('speaker', () => {
      if (this.isStopped) return Promise.resolve()
      this.isSpeaker = true
      return new Promise<void>((resolve) => (this.release = resolve))
    })
  }

  stop(): void {
    this.isStopped = true
    this.isSpeaker = false
    this.release?.()
    this.channel.close()
  }

  /** Runs `speak` in one tab, a moment later and once for a room, when nobody is looking at any of them. */
  unlessSeen(roomId: number, speak: () => void): void {
    if (!this.isSpeaker || hasAttention()) return
    if (this.waiting.get(roomId)?.isSeen === false) return
    const one = { isSeen: false }
    this.waiting.set(roomId, one)
    this.channel.say('anybody?')
    setTimeout(() => {
      if (this.waiting.get(roomId) === one) this.waiting.delete(roomId)
      if (this.isSpeaker && !one.isSeen && !hasAttention()) speak()
    }, ASK_MS)
  }
}

/** In sight is not enough: with two screens a page is in sight while one works elsewhere. */
function hasAttention(): boolean {
  return document.visibilityState === 'visible' && document.hasFocus()
}
