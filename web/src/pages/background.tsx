import { useNotifications } from '@/features/notifications/use-notifications'
import { roomPath } from '@/features/rooms/room-path'
import { useRoomTitle } from '@/features/rooms/room-title'
import { useRoomNews } from '@/features/rooms/use-room-news'
import { useUnreadIcon } from '@/features/rooms/use-unread-icon'

/** What goes on whichever page one is on: telling of news, and that there is something to read. */
export function Background() {
  useNotifications({ titleOf: useRoomTitle(), pathOf: roomPath })
  useRoomNews()
  useUnreadIcon()
  return null
}
