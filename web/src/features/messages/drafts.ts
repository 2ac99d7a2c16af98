import { localStore } from '@/lib/storage'

// What is being written, per user and room: it outlives reloads, log-outs and removals.

export function loadDraft(me: string, roomId: number): string {
  return localStore.get(key(me, roomId)) ?? ''
}

export function saveDraft(me: string, roomId: number, text: string): void {
  localStore.set(key(me, roomId), text === '' ? null : text)
}

function key(me: string, roomId: number): string {
  return `draft.${me}.${roomId}`
}
