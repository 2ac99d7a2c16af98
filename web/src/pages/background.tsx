import { useFileRefusal } from '@/features/messages/use-file-refusal'
import { useNotifications } from '@/features/notifications/use-notifications'
import { roomPath } from '@/features/rooms/room-path'
import { useRoomTitle } from '@/features/rooms/room-title'
import { useRoomNews } from '@/features/rooms/use-room-news'
import { useUnreadIcon } from '@/features/rooms/use-unread-icon'

/** What goes on whichever page one is on: telling of news, and refusing files. */
export function Background() {
  useNotifications({ titleOf: useRoomTitle(), pathOf: roomPath })
  useRoomNews()
  useUnreadIcon()
  useFileRefusal()
  return null
}
