import { Keyboard, LogOut, Settings } from 'lucide-react'
import { Link } from 'react-router'

import { session } from '@/api/session'
import { useTexts } from '@/i18n/language'
import { useMe } from '@/realtime/live-context'
import { Avatar } from '@/ui/avatar'
import { IconButton } from '@/ui/icon-button'

export function UserMenu({ onShowKeys }: { onShowKeys: () => void }) {
  const t = useTexts()
  const me = useMe()
  return (
    <div className="flex items-center gap-1 border-t border-line p-2">
      <Link
        to="/profile"
        className="flex min-w-0 grow items-center gap-2.5 rounded-lg p-1.5 hover:bg-hover"
      >
        <Avatar id={me.id} name={me.username} size="small" />
        <span className="truncate text-sm font-medium">{me.username}</span>
        <Settings aria-hidden size={16} className="ml-auto shrink-0 text-muted" />
        <span className="sr-only">{t.chat.profile}</span>
      </Link>
      <IconButton
        icon={Keyboard}
        label={t.shortcuts.title}
        onClick={onShowKeys}
        className="max-md:hidden"
      />
      <IconButton icon={LogOut} label={t.chat.logOut} onClick={() => void session.logOut()} />
    </div>
  )
}
