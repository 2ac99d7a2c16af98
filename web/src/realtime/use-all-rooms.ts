import { useMemo } from 'react'

import type { RoomSummary } from '@/api/types'

import { useGeneral, useRooms } from './queries'
import { byLastMessage } from './room-order'

/** Every room one is in, in the order of the list: general first. */
export function useAllRooms(): readonly RoomSummary[] {
  const { data: general } = useGeneral()
  const { data: rooms } = useRooms()
  return useMemo(
    () => [...(general ? [general] : []), ...byLastMessage(rooms ?? [])],
    [general, rooms],
  )
}
