import { localStore } from '@/lib/storage'

const STORAGE_KEY = 'emoji.recent'
const RECENT_MAX = 9

/** The last emoji that were chosen, the newest first. */
export function recentEmoji(): string[] {
  return localStore.get(STORAGE_KEY)?.split(' ') ?? []
}

export function rememberEmoji(emoji: string): void {
  const others = recentEmoji().filter((one) => one !== emoji)
  localStore.set(STORAGE_KEY, [emoji, ...others].slice(0, RECENT_MAX).join(' '))
}
