import type { Member } from '@/api/types'

/** The owner first, then by name. */
export function byName(members: readonly Member[]): readonly Member[] {
  return members.toSorted(
    (one, other) =>
      Number(other.role === 'owner') - Number(one.role === 'owner') ||
      one.usernameSnapshot.localeCompare(other.usernameSnapshot),
  )
}
