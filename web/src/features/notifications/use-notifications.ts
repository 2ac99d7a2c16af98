import { useIsFetching } from '@tanstack/react-query'
import { useEffect, useEffectEvent, useRef, useState } from 'react'
import { useNavigate } from 'react-router'

import type { RoomSummary } from '@/api/types'
import { summaryText } from '@/lib/summary-text'
import { useObservable } from '@/lib/use-observable'
import { keys } from '@/realtime/keys'
import { useLive, useMe } from '@/realtime/live-context'
import { useAllRooms } from '@/realtime/use-all-rooms'

import { Arrivals } from './arrivals'
import { Attention } from './attention'
import { wantsNotifications, wantsSound } from './choices'
import { permission } from './permission'
import { closeNotification, showNotification } from './shown'
import { playSound } from './sound'
import { useOpenedPath } from './use-opened-path'

interface Options {
  titleOf: (room: RoomSummary) => string
  pathOf: (room: RoomSummary) => string
}

/** Tells of messages while nobody looks, by choice: one notification a room, gone when the room is read anywhere. */
export function useNotifications({ titleOf, pathOf }: Options): void {
  const me = useMe()
  const rooms = useAllRooms()
  const navigate = useNavigate()
  const isCurrent = useIsCurrent()
  const [arrivals] = useState(() => new Arrivals(me.id))
  const attention = useAttention()
  useOpenedPath()

  const speak = useEffectEvent((roomId: number) => {
    const room = rooms.find(({ id }) => id === roomId)
    if (!room?.lastMessage || room.unread === 0) return
    if (wantsSound.get()) playSound()
    if (!wantsNotifications.get() || permission() !== 'granted') return
    const path = pathOf(room)
    const { usernameSnapshot: author, content } = room.lastMessage
    const body = `${author}: ${summaryText(content)}`
    showNotification({ tag: tagOf(room), title: titleOf(room), body, path }, () => {
      void navigate(path)
    })
  })
  useEffect(() => {
    if (isCurrent) arrivals.begin(rooms)
    for (const { id } of arrivals.next(rooms)) attention.current?.unlessSeen(id, () => speak(id))
    for (const room of rooms) if (room.unread === 0) closeNotification(tagOf(room))
  }, [rooms, isCurrent, arrivals, attention])
}

function useAttention() {
  const attention = useRef<Attention>(null)
  useEffect(() => {
    const current = new Attention()
    attention.current = current
    current.start()
    return () => current.stop()
  }, [])
  return attention
}

/** Whether the list of rooms is the server's, not one that was kept from the last visit. */
function useIsCurrent(): boolean {
  const { socket } = useLive()
  const isConnected = useObservable(socket.state) === 'connected'
  const loading =
    useIsFetching({ queryKey: keys.rooms }) + useIsFetching({ queryKey: keys.general })
  return isConnected && loading === 0
}

function tagOf({ id }: RoomSummary): string {
  return `room-${id}`
}
