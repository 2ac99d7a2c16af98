import { useMemo } from 'react'

import type { RoomSummary } from '@/api/types'
import { useGeneral, useRooms } from '@/realtime/queries'

import { byLastMessage } from './order'

/** Every room one is in, in the order of the list: general first. */
export function useAllRooms(): readonly RoomSummary[] {
  const { data: general } = useGeneral()
  const { data: rooms } = useRooms()
  return useMemo(
    () => [...(general ? [general] : []), ...byLastMessage(rooms ?? [])],
    [general, rooms],
  )
}
