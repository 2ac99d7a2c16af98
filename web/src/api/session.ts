import { isSameOrigin } from '@/lib/env'
import { Failure, failureOf } from '@/lib/failure'
import { tokenTimes } from '@/lib/jwt'
import { Observable } from '@/lib/observable'
import { localStore } from '@/lib/storage'
import { TabChannel } from '@/lib/tab-channel'
import { withTabLock } from '@/lib/tab-lock'

import { send } from './http'
import type { EndReason, SessionState } from './session-state'
import type { Account, SessionTokens } from './types'

/** Share of a token's life after which it is replaced. */
const REFRESH_AT = 0.8
const TIMER_MAX_MS = 2 ** 31 - 1
const RETRY_MS = 5000

/** Whose session it was last: says that a refresh is worth a try, as a cookie cannot be seen from here. */
const ACCOUNT_KEY = 'session'
const REFRESH_TOKEN_KEY = 'session.refreshToken'
/** What the server could not be told when one logged out. */
const LOG_OUT_KEY = 'session.logOut'

/** What one tab tells the others. */
type News = { kind: 'tokens'; tokens: SessionTokens } | { kind: 'ended'; because: EndReason }

/** Who is signed in, and the tokens that prove it. The access token lives in memory only. */
export class Session {
  readonly state = new Observable<SessionState>({ status: 'starting', unreachable: false })
  private token: string | null = null
  /** By this device's clock. */
  private expiresAt = 0
  private refreshing: Promise<void> | null = null
  /** Raised when a session ends: an answer that was on its way must not bring it back. */
  private ended = 0
  private timer: ReturnType<typeof setTimeout> | undefined
  private readonly channel = new TabChannel<News>('session', (news) => {
    if (news.kind === 'tokens') this.adopt(news.tokens)
    else this.forget(news.because)
  })

  /** Takes up the session of the last visit, if there is one. */
  async start(): Promise<void> {
    const hint = localStore.get(ACCOUNT_KEY)
    if (!hint) {
      const owed = localStore.get(LOG_OUT_KEY)
      if (owed) await this.tellLogOut(owed)
      this.forget(null)
      return
    }
    // Signed in until the server says otherwise: it may be away, and then nobody says anything.
    const account = accountIn(hint)
    if (account) this.show(account)
    try {
      await this.refresh()
    } catch (error) {
      if (isFinal(failureOf(error))) return
      if (!account) this.state.set({ status: 'starting', unreachable: true })
      this.schedule(RETRY_MS, () => this.start())
    }
  }

  async signUp(input: { username: string; email: string; password: string }): Promise<void> {
    const { data } = await send('post', '/auth/signup', { body: { ...input, session: mode() } })
    this.begin(data)
  }

  async logIn(input: { email: string; password: string }): Promise<void> {
    const { data } = await send('post', '/auth/login', { body: { ...input, session: mode() } })
    this.begin(data)
  }

  /** Ends here at once; the server learns it now, or on the next visit if it cannot be reached. */
  async logOut(): Promise<void> {
    const body = JSON.stringify(refreshBody())
    localStore.set(LOG_OUT_KEY, body)
    this.end('loggedOut')
    await this.tellLogOut(body)
  }

  end(because: EndReason): void {
    // The server may have closed the session first: what one did oneself says more about it.
    if (this.state.get().status === 'anonymous' && !isOwnAct(because)) return
    this.forget(because)
    this.channel.say({ kind: 'ended', because })
  }

  /** Null while nobody is signed in. */
  userId(): string | null {
    const state = this.state.get()
    return state.status === 'signedIn' ? state.user.id : null
  }

  /** The token in memory, or a new one: after a sleep the timer that replaces it is late. */
  async accessToken(): Promise<string> {
    if (!this.token || Date.now() >= this.expiresAt) await this.refresh()
    return this.token ?? ''
  }

  /** A new access token; one request at a time, also across tabs. Rejects with a `Failure`. */
  refresh(): Promise<void> {
    this.refreshing ??= this.renew().finally(() => {
      this.refreshing = null
    })
    return this.refreshing
  }

  setUser(user: Account): void {
    localStore.set(ACCOUNT_KEY, JSON.stringify(user))
    this.show(user)
  }

  private async tellLogOut(owed: string): Promise<void> {
    try {
      const body = JSON.parse(owed) as ReturnType<typeof refreshBody>
      await send('post', '/auth/logout', { body })
    } catch (error) {
      if (!isFinal(failureOf(error))) return
    }
    localStore.set(LOG_OUT_KEY, null)
  }

  private async renew(): Promise<void> {
    const before = this.token
    await withTabLock('session', async () => {
      // Another tab renewed while this one waited, and told us.
      if (this.token && this.token !== before) return
      const { ended } = this
      try {
        const { data } = await send('post', '/auth/refresh', { body: refreshBody() })
        if (ended !== this.ended) throw new Failure('BAD_REFRESH_TOKEN', { status: 401 })
        this.begin(data)
      } catch (error) {
        const failure = failureOf(error)
        if (isFinal(failure) && ended === this.ended) this.end(reasonOf(failure))
        throw failure
      }
    })
  }

  private begin(tokens: SessionTokens): void {
    localStore.set(ACCOUNT_KEY, JSON.stringify(tokens.user))
    // A new sign-in takes the place of the cookie that was to be given up.
    localStore.set(LOG_OUT_KEY, null)
    if (tokens.refreshToken) localStore.set(REFRESH_TOKEN_KEY, tokens.refreshToken)
    const { user, token } = tokens
    this.adopt({ user, token })
    this.channel.say({ kind: 'tokens', tokens: { user, token } })
  }

  private adopt({ user, token }: SessionTokens): void {
    this.token = token
    this.show(user)
    const lifetimeMs = tokenTimes(token).lifetimeSeconds * 1000
    this.expiresAt = lifetimeMs > 0 ? Date.now() + lifetimeMs : Infinity
    this.schedule(lifetimeMs * REFRESH_AT, () => this.refreshInTime())
  }

  private show(user: Account): void {
    const current = this.state.get()
    const isShown =
      current.status === 'signedIn' && JSON.stringify(current.user) === JSON.stringify(user)
    if (!isShown) this.state.set({ status: 'signedIn', user })
  }

  private async refreshInTime(): Promise<void> {
    try {
      await this.refresh()
    } catch (error) {
      if (!isFinal(failureOf(error))) this.schedule(RETRY_MS, () => this.refreshInTime())
    }
  }

  private forget(because: EndReason | null): void {
    clearTimeout(this.timer)
    this.ended += 1
    this.token = null
    localStore.set(ACCOUNT_KEY, null)
    localStore.set(REFRESH_TOKEN_KEY, null)
    this.state.set({ status: 'anonymous', because })
  }

  private schedule(delayMs: number, task: () => Promise<void>): void {
    clearTimeout(this.timer)
    const delay = Math.min(Math.max(delayMs, 1000), TIMER_MAX_MS)
    this.timer = setTimeout(() => void task(), delay)
  }
}

function accountIn(hint: string): Account | null {
  try {
    const { id, username, email } = (JSON.parse(hint) ?? {}) as Partial<Record<string, unknown>>
    const isText = (value: unknown) => typeof value === 'string' && value !== ''
    return [id, username, email].every(isText) ? ({ id, username, email } as Account) : null
  } catch {
    return null
  }
}

function mode(): 'cookie' | 'token' {
  return isSameOrigin() ? 'cookie' : 'token'
}

function refreshBody() {
  if (isSameOrigin()) return { session: 'cookie' as const }
  return { session: 'token' as const, refreshToken: localStore.get(REFRESH_TOKEN_KEY) }
}

/** The server answered, and the answer is no: trying again changes nothing. */
function isFinal(failure: Failure): boolean {
  return [400, 401, 403].includes(failure.status)
}

function isOwnAct(because: EndReason): boolean {
  return ['loggedOut', 'passwordReset', 'deleted'].includes(because)
}

function reasonOf(failure: Failure): EndReason {
  if (failure.code === 'SESSION_REVOKED') return 'revoked'
  if (failure.code === 'ACCOUNT_DISABLED') return 'disabled'
  return 'expired'
}

export const session = new Session()
