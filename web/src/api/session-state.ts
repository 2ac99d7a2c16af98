import type { Account } from './types'

export type EndReason =
  'loggedOut' | 'expired' | 'revoked' | 'disabled' | 'passwordReset' | 'deleted'

export type SessionState =
  | { status: 'starting'; unreachable: boolean }
  | { status: 'anonymous'; because: EndReason | null }
  | { status: 'signedIn'; user: Account }
