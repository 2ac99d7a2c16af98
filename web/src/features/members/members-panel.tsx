import { type ReactNode, useState } from 'react'

import type { Member, RoomSummary } from '@/api/types'
import { useTexts } from '@/i18n/language'
import { useMe } from '@/realtime/live-context'
import { Button } from '@/ui/button'
import { Spinner } from '@/ui/spinner'

import { AddMemberForm } from './add-member-form'
import { MemberRow } from './member-row'
import { RemoveMemberDialog } from './remove-member-dialog'
import { useMembers } from './use-members'

interface Props {
  room: RoomSummary
  /** Stands beside the title. */
  action?: ReactNode
}

export function MembersPanel({ room, action }: Props) {
  const t = useTexts()
  const me = useMe()
  const isOwner = room.ownerUserId === me.id
  const { members, isPending, isError, refetch, hasNextPage, fetchNextPage } = useMembers(room.id)
  const [leaving, setLeaving] = useState<Member | null>(null)
  return (
    <section aria-label={t.chat.members} className="flex flex-col gap-3 px-4 pb-4">
      <div className="flex h-16 items-center justify-between gap-2">
        <h2 className="font-semibold">
          {t.chat.members}
          <span className="ml-2 text-sm font-normal text-muted">
            {members.length > 0 && t.members.count(members.length, hasNextPage)}
          </span>
        </h2>
        {action}
      </div>
      {isOwner && <AddMemberForm roomId={room.id} />}
      {isPending && <Spinner />}
      {isError && (
        <Button look="quiet" onClick={() => void refetch()}>
          {t.chat.loadFailed} {t.common.retry}
        </Button>
      )}
      <ul className="flex flex-col gap-0.5">
        {members.map((member) => (
          <MemberRow
            key={member.userId}
            member={member}
            isMe={member.userId === me.id}
            onRemove={isOwner && member.userId !== me.id ? () => setLeaving(member) : undefined}
          />
        ))}
      </ul>
      {hasNextPage && (
        <Button look="quiet" onClick={() => void fetchNextPage()}>
          {t.common.showMore}
        </Button>
      )}
      {leaving && (
        <RemoveMemberDialog roomId={room.id} member={leaving} onClose={() => setLeaving(null)} />
      )}
    </section>
  )
}
