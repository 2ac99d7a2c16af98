import { useEffect, useState } from 'react'

import type { Member } from '@/api/types'
import { matchRank } from '@/lib/fold'
import type { useMembers } from '@/realtime/use-members'

const LONG = 12

/** Finds by name in a list that is too long to look through; what is not loaded yet is loaded for it. */
export function useFilter({
  members,
  hasNextPage,
  isFetching,
  fetchNextPage,
}: ReturnType<typeof useMembers>) {
  const [filter, setFilter] = useState('')
  const isLong = members.length > LONG
  const isFiltering = isLong && filter.trim() !== ''
  useEffect(() => {
    if (isFiltering && hasNextPage && !isFetching) void fetchNextPage()
  }, [isFiltering, hasNextPage, isFetching, fetchNextPage])
  const shown: readonly Member[] = isFiltering
    ? members.filter(({ usernameSnapshot }) => matchRank(usernameSnapshot, filter) > 1)
    : members
  return { isLong, isFiltering, filter, setFilter, shown }
}
