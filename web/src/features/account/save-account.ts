import { fetchBody } from '@/api/client'
import { session } from '@/api/session'

interface Changes {
  username?: string
  email?: string
  currentPassword?: string
  password?: string
}

export async function saveAccount(id: string, changes: Changes): Promise<void> {
  const { username, email } = await fetchBody('patch', '/users/{id}', {
    path: { id },
    body: changes,
  })
  session.setUser({ id, username, email: email ?? '' })
  // The access token names its user: a new name needs a new token.
  if (changes.username !== undefined) await session.refresh()
}
