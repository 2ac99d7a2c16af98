import { useEffect, useEffectEvent } from 'react'
import { useNavigate } from 'react-router'

import type { RoomSummary } from '@/api/types'
import { hasCommand } from '@/lib/keys'
import { useLive } from '@/realtime/live-context'

import { nextRoom } from './next-room'
import { roomPath } from './room-path'
import { useAllRooms } from '@/realtime/use-all-rooms'

interface Options {
  current: RoomSummary | undefined
  onSwitch: () => void
  onShowKeys: () => void
}

/** The shortcuts that work wherever the focus is, unless a dialog is open. */
export function useRoomKeys({ current, onSwitch, onShowKeys }: Options): void {
  const rooms = useAllRooms()
  const navigate = useNavigate()
  const { reads } = useLive()

  const go = (event: KeyboardEvent) => {
    const by = event.key === 'ArrowDown' ? 1 : -1
    const room = nextRoom(rooms, current?.id, { by, toUnread: event.shiftKey })
    if (room) void navigate(roomPath(room))
  }
  const markRead = () => {
    if (current) reads.see(current.id, current.lastSeq, current.lastReadSeq)
  }
  const actionOf = (event: KeyboardEvent): (() => void) | null => {
    const isArrow = event.key === 'ArrowUp' || event.key === 'ArrowDown'
    if (hasCommand(event) && event.key.toLowerCase() === 'k') return onSwitch
    if (hasCommand(event) && event.key === '/') return onShowKeys
    if (isArrow && event.altKey && !event.ctrlKey && !event.metaKey) return () => go(event)
    if (event.key === 'Escape') return markRead
    return null
  }
  const handle = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing || isElsewhere(event.target)) return
    const action = actionOf(event)
    if (!action) return
    event.preventDefault()
    action()
  })
  useEffect(() => {
    const listener = (event: KeyboardEvent) => handle(event)
    window.addEventListener('keydown', listener)
    return () => window.removeEventListener('keydown', listener)
  }, [])
}

/** In a dialog, or where Alt and an arrow open a list. */
function isElsewhere(target: EventTarget | null): boolean {
  if (document.querySelector('dialog[open]')) return true
  return target instanceof Element && target.matches('select, [role="combobox"]')
}
