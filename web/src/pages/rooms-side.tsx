import { UnsentElsewhere } from '@/features/messages/unsent-elsewhere'
import { RoomsNav } from '@/features/rooms/rooms-nav'
import { UserMenu } from '@/features/session/user-menu'
import { useTexts } from '@/i18n/language'
import { Dialog } from '@/ui/dialog'

interface Props {
  isNarrow: boolean
  isOpen: boolean
  onClose: () => void
  onSwitch: () => void
  onShowKeys: () => void
}

/** The rooms: always in sight, or in a drawer where there is no room for them. */
export function RoomsSide({ isNarrow, isOpen, onClose, onSwitch, onShowKeys }: Props) {
  const t = useTexts()
  const menu = (
    <>
      <UnsentElsewhere />
      <UserMenu onShowKeys={onShowKeys} />
    </>
  )
  if (!isNarrow) {
    return (
      <div className="w-72 shrink-0 border-r border-line bg-canvas">
        <RoomsNav onSwitch={onSwitch} footer={menu} />
      </div>
    )
  }
  if (!isOpen) return null
  return (
    <Dialog title={t.chat.rooms} place="left" onClose={onClose}>
      <RoomsNav onChosen={onClose} onSwitch={onSwitch} footer={menu} />
    </Dialog>
  )
}
