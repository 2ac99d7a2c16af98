import type { Room } from '@/api/types'
import { useTexts } from '@/i18n/language'

/** The room that everybody is in: the only one that nobody owns. */
export function isGeneral(room: Room): boolean {
  return room.name === 'general' && room.ownerUserId === null
}

/** How a room is called on screen: the general room in one's own language. */
export function useRoomTitle(): (room: Room) => string {
  const t = useTexts()
  return (room) => (isGeneral(room) ? t.chat.general : room.name)
}
