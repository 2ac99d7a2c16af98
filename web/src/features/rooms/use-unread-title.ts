import { useTexts } from '@/i18n/language'
import { useTitle } from '@/lib/use-title'

import { useAllRooms } from './use-all-rooms'

/** The tab's title: the room, and how much there is to read in all of them. */
export function useUnreadTitle(title: string): void {
  const t = useTexts()
  const unread = useAllRooms().reduce((sum, room) => sum + room.unread, 0)
  const name = title === t.chat.title ? title : `${title} · ${t.chat.title}`
  useTitle(unread > 0 ? `(${unread}) ${name}` : name)
}
