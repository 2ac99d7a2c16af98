import { fetchBody } from '@/api/client'
import { session } from '@/api/session'

interface Changes {
  username?: string
  email?: string
  currentPassword?: string
  password?: string
}

export async function saveAccount(id: string, changes: Changes): Promise<void> {
  session.setUser(await fetchBody('patch', '/users/{id}', { path: { id }, body: changes }))
  // The access token names its user: a new name needs a new token.
  if (changes.username !== undefined) await session.refresh()
}
