import { keepPreviousData, useQuery } from '@tanstack/react-query'

import { fetchBody } from '@/api/client'
import type { User } from '@/api/types'
import { fold } from '@/lib/fold'
import { useDebounced } from '@/lib/use-debounced'
import { keys } from '@/realtime/keys'

const PAUSE_MS = 150
const SHOWN_MAX = 20

interface People {
  /** Who goes by a name that starts like this, the very name first. */
  people: User[]
  /** False while these are still the answer to what was typed before. */
  isAnswer: boolean
}

export function usePeople(typed: string): People {
  const prefix = typed.trim()
  const settled = useDebounced(prefix, PAUSE_MS)
  const {
    data = [],
    isPlaceholderData,
    isSuccess,
  } = useQuery({
    queryKey: keys.users(settled),
    queryFn: () =>
      fetchBody('get', '/users', { query: { q: settled || undefined, limit: SHOWN_MAX } }),
    staleTime: 30_000,
    placeholderData: keepPreviousData,
  })
  const people = data
    .filter(({ username }) => fold(username).startsWith(fold(prefix)))
    .sort((one, other) => one.username.localeCompare(other.username))
  return { people, isAnswer: isSuccess && settled === prefix && !isPlaceholderData }
}
