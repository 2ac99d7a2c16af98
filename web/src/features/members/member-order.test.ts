import { expect, test } from 'vitest'

import type { Member } from '@/api/types'

import { byName } from './member-order'

function member(usernameSnapshot: string, role: Member['role'] = 'member'): Member {
  return { userId: usernameSnapshot, usernameSnapshot, role, joinedAt: '2026-01-01T00:00:00.000Z' }
}

test('the owner comes first, the others by name whatever the case', () => {
  const members = [member('Zoe'), member('élise'), member('bob', 'owner'), member('Emil')]
  const names = byName(members).map(({ usernameSnapshot }) => usernameSnapshot)
  expect(names).toEqual(['bob', 'élise', 'Emil', 'Zoe'])
})
