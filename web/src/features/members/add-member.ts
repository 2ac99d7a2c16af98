import { fetchBody } from '@/api/client'
import { Failure, failureOf } from '@/lib/failure'

/** Rejects with a `Failure` of the field when nobody is called so. */
export async function addMember(roomId: number, username: string): Promise<void> {
  try {
    await fetchBody('post', '/rooms/{id}/add-member', { path: { id: roomId }, body: { username } })
  } catch (error) {
    const failure = failureOf(error)
    if (failure.code !== 'NOT_FOUND') throw failure
    throw new Failure('NOT_FOUND', { status: 404, fields: { username: 'NOT_FOUND' } })
  }
}
