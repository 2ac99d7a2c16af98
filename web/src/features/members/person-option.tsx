import type { HTMLAttributes } from 'react'

import type { User } from '@/api/types'
import { useTexts } from '@/i18n/language'
import { Avatar } from '@/ui/avatar'

interface Props extends HTMLAttributes<HTMLDivElement> {
  person: User
  isMember: boolean
}

export function PersonOption({ person, isMember, 'aria-selected': isSelected, ...option }: Props) {
  const t = useTexts()
  return (
    <div
      {...option}
      role="option"
      aria-selected={isSelected}
      aria-disabled={isMember || undefined}
      className="flex min-h-11 cursor-pointer items-center gap-2.5 rounded-lg px-2 text-sm hover:bg-hover aria-disabled:cursor-default aria-selected:bg-accent-soft"
    >
      <Avatar id={person.id} name={person.username} size="small" />
      <span className="min-w-0 grow truncate">{person.username}</span>
      {isMember && ' '}
      {isMember && <span className="shrink-0 text-xs text-muted">{t.members.already}</span>}
    </div>
  )
}
