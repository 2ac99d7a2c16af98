import { send } from './http'

/** Always succeeds for a well-formed email; the link is in the answer on a server in development mode only. */
export async function forgotPassword(email: string): Promise<{ resetLink?: string }> {
  const { data } = await send('post', '/auth/forgot-password', { body: { email } })
  return data
}

export async function resetPassword(token: string, newPassword: string): Promise<void> {
  await send('post', '/auth/reset-password', { body: { token, newPassword } })
}
