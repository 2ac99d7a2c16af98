import { useNavigate } from 'react-router'

import { fetchBody } from '@/api/client'
import { useTexts } from '@/i18n/language'
import { useLive } from '@/realtime/live-context'

import { RoomNameDialog } from './room-name-dialog'

interface Props {
  onClose: () => void
  onCreated: () => void
}

export function CreateRoomDialog({ onClose, onCreated }: Props) {
  const t = useTexts()
  const { sync } = useLive()
  const navigate = useNavigate()
  const create = async (name: string) => {
    const room = await fetchBody('post', '/rooms/create', { body: { name } })
    await sync.rooms.refetch()
    onCreated()
    await navigate(`/r/${room.id}`)
  }
  return (
    <RoomNameDialog
      title={t.chat.newRoomTitle}
      action={t.chat.create}
      onSubmit={create}
      onClose={onClose}
    />
  )
}
