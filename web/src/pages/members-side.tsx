import { X } from 'lucide-react'
import type { ComponentProps } from 'react'

import { MembersPanel } from '@/features/members/members-panel'
import { RoomSettings } from '@/features/rooms/room-settings'
import { useTexts } from '@/i18n/language'
import { Dialog } from '@/ui/dialog'
import { IconButton } from '@/ui/icon-button'

interface Props {
  room: ComponentProps<typeof MembersPanel>['room']
  addField: ComponentProps<typeof MembersPanel>['addField']
  isWide: boolean
  onClose: () => void
}

/** Members and settings: beside the conversation, or in a drawer over it. */
export function MembersSide({ room, addField, isWide, onClose }: Props) {
  const t = useTexts()
  const closeButton = <IconButton icon={X} label={t.common.close} onClick={onClose} />
  const content = (
    <div className="flex min-h-full flex-col justify-between">
      <MembersPanel
        key={room.id}
        room={room}
        addField={addField}
        action={isWide ? undefined : closeButton}
      />
      <RoomSettings key={`settings-${room.id}`} room={room} />
    </div>
  )
  if (isWide) {
    return (
      <aside
        aria-label={t.chat.openMembers}
        className="w-72 shrink-0 overflow-y-auto border-l border-line bg-canvas"
      >
        {content}
      </aside>
    )
  }
  return (
    <Dialog title={t.chat.openMembers} place="right" onClose={onClose}>
      {content}
    </Dialog>
  )
}
