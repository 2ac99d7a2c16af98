import type { Room } from '@/api/types'

import { isGeneral } from './room-title'

export function roomPath(room: Room): string {
  return isGeneral(room) ? '/' : `/r/${room.id}`
}
