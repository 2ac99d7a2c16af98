import { Menu, Users } from 'lucide-react'

import { useTexts } from '@/i18n/language'
import { IconButton } from '@/ui/icon-button'

interface Props {
  title: string
  /** Absent where the rooms are always in sight. */
  onOpenRooms?: () => void
  members?: { isOpen: boolean; onToggle: () => void }
}

export function RoomHeader({ title, onOpenRooms, members }: Props) {
  const t = useTexts()
  return (
    <header className="flex h-16 shrink-0 items-center gap-2 border-b border-line px-3 md:px-5">
      {onOpenRooms && <IconButton icon={Menu} label={t.chat.openRooms} onClick={onOpenRooms} />}
      <h1 className="min-w-0 grow truncate text-lg font-semibold tracking-tight">{title}</h1>
      {members && (
        <IconButton
          icon={Users}
          label={t.chat.openMembers}
          aria-expanded={members.isOpen}
          onClick={members.onToggle}
          className="aria-expanded:bg-accent-soft aria-expanded:text-link"
        />
      )}
    </header>
  )
}
