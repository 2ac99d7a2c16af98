import type { Member } from '@/api/types'

/** Whom the server hands the room to when this owner leaves: whoever of the others has been in it the longest. */
export function nextOwner(members: readonly Member[], leaving: string): Member | undefined {
  return members
    .filter(({ userId }) => userId !== leaving)
    .sort((one, other) => one.joinedAt.localeCompare(other.joinedAt))[0]
}
