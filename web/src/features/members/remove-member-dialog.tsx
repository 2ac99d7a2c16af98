import { fetchBody } from '@/api/client'
import type { Member } from '@/api/types'
import { useTexts } from '@/i18n/language'
import { keys } from '@/realtime/keys'
import { useLive } from '@/realtime/live-context'
import { ConfirmDialog } from '@/ui/confirm-dialog'

interface Props {
  roomId: number
  member: Member
  onClose: () => void
}

export function RemoveMemberDialog({ roomId, member, onClose }: Props) {
  const t = useTexts()
  const { queries } = useLive()
  return (
    <ConfirmDialog
      title={t.members.removeTitle(member.usernameSnapshot)}
      confirmLabel={t.members.confirmRemove}
      onClose={onClose}
      onConfirm={async () => {
        const path = { id: roomId, userId: member.userId }
        await fetchBody('delete', '/rooms/{id}/members/{userId}', { path })
        await queries.invalidateQueries({ queryKey: keys.members(roomId) })
        onClose()
      }}
    >
      <p className="text-sm text-muted">{t.members.removeText}</p>
    </ConfirmDialog>
  )
}
