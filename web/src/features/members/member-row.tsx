import { UserMinus } from 'lucide-react'

import type { Member } from '@/api/types'
import { useTexts } from '@/i18n/language'
import { Avatar } from '@/ui/avatar'
import { IconButton } from '@/ui/icon-button'

interface Props {
  member: Member
  isMe: boolean
  /** Absent for those who may not. */
  onRemove?: () => void
}

export function MemberRow({ member, isMe, onRemove }: Props) {
  const t = useTexts()
  const { userId, usernameSnapshot: name, role } = member
  return (
    <li className="group flex min-h-11 items-center gap-2.5">
      <Avatar id={userId} name={name} size="small" />
      <div className="min-w-0 grow text-sm">
        <span className="flex">
          <span title={name} className="truncate">
            {name}
          </span>
          {isMe && <span className="shrink-0 whitespace-pre text-muted"> ({t.members.you})</span>}
        </span>
        {role === 'owner' && <span className="block text-xs text-muted">{t.members.owner}</span>}
      </div>
      {onRemove && (
        <IconButton
          icon={UserMinus}
          label={t.members.remove(name)}
          onClick={onRemove}
          // Where one can point, it comes when one does: a column of them says nothing.
          className="group-hover:opacity-100 focus-visible:opacity-100 pointer-fine:opacity-0"
        />
      )}
    </li>
  )
}
