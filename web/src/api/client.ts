import { Failure, failureOf } from '@/lib/failure'

import { type Reply, send } from './http'
import type { Answer, Input, Method, PathOf } from './operations'
import { session } from './session'

/** Refusals of the token itself; a wrong password is a 401 that a new token would not change. */
const tokenCodes = ['UNAUTHORIZED', 'SESSION_REVOKED']

/**
 * A request as the user who is signed in when it is made: nobody who signs in while it waits takes their place. A
 * refused token is replaced once. Rejects with a `Failure` only.
 */
export async function call<M extends Method, P extends PathOf<M>>(
  method: M,
  path: P,
  input: Input<M, P>,
): Promise<Reply<Answer<M, P>>> {
  const me = session.userId()
  const token = await tokenOf(me)
  try {
    return await send(method, path, input, token)
  } catch (error) {
    const failure = failureOf(error)
    if (failure.status !== 401 || !tokenCodes.includes(failure.code)) throw failure
    if ((await session.accessToken()) === token) await session.refresh()
    return send(method, path, input, await tokenOf(me))
  }
}

async function tokenOf(me: string | null): Promise<string> {
  const token = await session.accessToken()
  if (session.userId() !== me) throw new Failure('UNAUTHORIZED', { status: 401 })
  return token
}

/** As `call`, for the many that want the body alone. */
export async function fetchBody<M extends Method, P extends PathOf<M>>(
  method: M,
  path: P,
  input: Input<M, P>,
): Promise<Answer<M, P>> {
  const { data } = await call(method, path, input)
  return data
}
