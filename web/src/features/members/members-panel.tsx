import { type ReactNode, type Ref, useRef, useState } from 'react'

import type { Member, RoomSummary } from '@/api/types'
import { useTexts } from '@/i18n/language'
import { useLostFocus } from '@/lib/use-lost-focus'
import { useMe } from '@/realtime/live-context'
import { useMembers } from '@/realtime/use-members'
import { Button } from '@/ui/button'
import { SearchField } from '@/ui/search-field'
import { Spinner } from '@/ui/spinner'
import type { Focusable } from '@/ui/text-field'

import { AddMemberForm } from './add-member-form'
import { AloneHint } from './alone-hint'
import { byName } from './member-order'
import { MemberRow } from './member-row'
import { RemoveMemberDialog } from './remove-member-dialog'
import { useFilter } from './use-filter'

interface Props {
  room: RoomSummary
  /** Stands beside the title. */
  action?: ReactNode
  addField?: Ref<Focusable>
}

export function MembersPanel({ room, action, addField }: Props) {
  const t = useTexts()
  const me = useMe()
  const isOwner = room.ownerUserId === me.id
  const query = useMembers(room.id)
  // Everybody on the server is in the general room, which nobody owns.
  const isAlone = room.ownerUserId === null && query.members.length === 1
  const { members, isPending, isError, refetch, hasNextPage, fetchNextPage } = query
  const { isLong, isFiltering, filter, setFilter, shown } = useFilter(query)
  const [leaving, setLeaving] = useState<Member | null>(null)
  const heading = useRef<HTMLHeadingElement>(null)
  useLostFocus(heading, leaving)
  return (
    <section aria-label={t.chat.members} className="flex flex-col gap-3 px-4 pb-4">
      <div className="flex h-16 items-center justify-between gap-2">
        <h2 ref={heading} tabIndex={-1} className="font-semibold outline-none">
          {t.chat.members}
          <span className="ml-2 text-sm font-normal text-muted">
            {members.length > 0 && t.members.count(members.length, hasNextPage)}
          </span>
        </h2>
        {action}
      </div>
      {isOwner && <AddMemberForm field={addField} roomId={room.id} members={members} />}
      {isPending && <Spinner />}
      {isError && (
        <div className="flex flex-col items-start gap-2">
          <p className="text-sm text-muted">{t.chat.loadFailed}</p>
          <Button look="quiet" onClick={() => void refetch()}>
            {t.common.retry}
          </Button>
        </div>
      )}
      {isLong && (
        <SearchField
          label={t.members.filter}
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
        />
      )}
      <ul className="flex flex-col gap-0.5">
        {(hasNextPage ? shown : byName(shown)).map((member) => (
          <MemberRow
            key={member.userId}
            member={member}
            isMe={member.userId === me.id}
            onRemove={isOwner && member.userId !== me.id ? () => setLeaving(member) : undefined}
          />
        ))}
      </ul>
      {isAlone && <AloneHint />}
      <p role="status" className="text-sm text-muted empty:hidden">
        {isFiltering && !hasNextPage && shown.length === 0 && t.members.noneHere}
      </p>
      {hasNextPage && !isFiltering && (
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
