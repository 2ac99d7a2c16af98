import { useEffect, useEffectEvent } from 'react'
import { useLocation, useNavigate } from 'react-router'

import { useTexts } from '@/i18n/language'
import { useLive } from '@/realtime/live-context'
import { toast } from '@/ui/toast-store'

import { roomPath } from './room-path'

/** Tells what others did with one's rooms, away from where one looks. */
export function useRoomNews(): void {
  const t = useTexts()
  const { news } = useLive().sync
  const { pathname } = useLocation()
  const navigate = useNavigate()
  const tell = useEffectEvent(() => {
    const latest = news.latest.get()
    if (!latest) return
    const { kind, room } = latest
    const path = roomPath(room)
    if (kind === 'added') {
      const action = { label: t.departed.open, run: () => void navigate(path) }
      toast(t.departed.added(room.name), { action })
    } else if (pathname !== path) {
      // The open room says it where the messages were.
      toast(kind === 'deleted' ? t.departed.deleted(room.name) : t.departed.removed(room.name))
    }
  })
  useEffect(() => news.latest.subscribe(() => tell()), [news])
}
