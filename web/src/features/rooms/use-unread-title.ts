import { useTexts } from '@/i18n/language'
import { useTitle } from '@/lib/use-title'
import { useAllRooms } from '@/realtime/use-all-rooms'

import { unreadOf } from './unread'

/** The tab's title: the room, and how much there is to read in all of them. Also gives what is unread but for here. */
export function useUnreadTitle(title: string, here: number | undefined) {
  const t = useTexts()
  const rooms = useAllRooms()
  const unread = unreadOf(rooms)
  const name = title === t.chat.title ? title : `${title} · ${t.chat.title}`
  useTitle(unread > 0 ? `(${unread}) ${name}` : name)
  return { unreadElsewhere: unreadOf(rooms, here) }
}
