import { useInfiniteQuery } from '@tanstack/react-query'

import { fetchBody } from '@/api/client'
import type { Member } from '@/api/types'
import { keys } from './keys'

const PAGE_SIZE = 200

/** The members of a room, in pages as the server gives them. */
export function useMembers(roomId: number) {
  const query = useInfiniteQuery({
    queryKey: keys.members(roomId),
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam }): Promise<Member[]> => {
      const input = { path: { id: roomId }, query: { membersAfter: pageParam } }
      return (await fetchBody('get', '/rooms/{id}', input)).members
    },
    getNextPageParam: (page) => (page.length >= PAGE_SIZE ? page.at(-1)?.userId : undefined),
    // Events name who came and went, but only while this is on screen.
    staleTime: 0,
  })
  return { ...query, members: query.data?.pages.flat() ?? [] }
}
