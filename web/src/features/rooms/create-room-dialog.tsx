import { useNavigate } from 'react-router'

import { fetchBody } from '@/api/client'
import { useTexts } from '@/i18n/language'
import { useLive } from '@/realtime/live-context'

import { RoomNameDialog } from './room-name-dialog'

interface Props {
  initialName?: string
  onClose: () => void
  onCreated: () => void
}

export function CreateRoomDialog({ initialName, onClose, onCreated }: Props) {
  const t = useTexts()
  const { sync } = useLive()
  const navigate = useNavigate()
  const create = async (name: string) => {
    const room = await fetchBody('post', '/rooms/create', { body: { name } })
    await sync.rooms.refetch()
    await navigate(`/r/${room.id}`)
    onCreated()
  }
  return (
    <RoomNameDialog
      title={t.chat.newRoomTitle}
      action={t.chat.create}
      initialName={initialName}
      onSubmit={create}
      onClose={onClose}
    />
  )
}
