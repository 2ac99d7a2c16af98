import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import { Failure } from '@/lib/failure'
import { FakeChannel } from '@/lib/testing/fake-tabs'
import { FUZZ_TIMEOUT_MS, runs } from '@/lib/testing/fuzz'

import type { Reply } from './http'
import { Session } from './session'
import type { SessionTokens } from './types'

const send = vi.hoisted(() => vi.fn<(...parts: unknown[]) => Promise<unknown>>())
vi.mock('./http', () => ({ send }))

const user = { id: 'u1', username: 'alice', email: 'alice@example.org' }

function jwt(lifetimeSeconds: number, id = 'a'): string {
  // The clock of the server may be anywhere: only the difference counts.
  const claims = { iat: 5_000_000_000, exp: 5_000_000_000 + lifetimeSeconds, jti: id }
  return `e30.${btoa(JSON.stringify(claims))}.x`
}

function reply(lifetimeSeconds: number, id = 'a'): Reply<SessionTokens> {
  return { data: { user, token: jwt(lifetimeSeconds, id) }, header: () => undefined }
}

const refreshes = () => send.mock.calls.filter((call) => call[1] === '/auth/refresh')

beforeEach(() => {
  vi.useFakeTimers()
  send.mockReset()
  FakeChannel.all.clear()
  vi.stubGlobal('BroadcastChannel', FakeChannel)
})

afterEach(() => void vi.useRealTimers())

async function signedIn(lifetimeSeconds = 900): Promise<Session> {
  const session = new Session()
  send.mockResolvedValueOnce(reply(lifetimeSeconds))
  await session.logIn({ email: 'alice', password: 'x' })
  return session
}

describe('a session', () => {
  test('asks for a cookie on the same origin and keeps no token in storage', async () => {
    const session = await signedIn()
    expect(send).toHaveBeenCalledWith('post', '/auth/login', {
      body: { email: 'alice', password: 'x', session: 'cookie' },
    })
    expect(session.state.get()).toEqual({ status: 'signedIn', user })
    expect(JSON.stringify(Object.entries(localStorage))).not.toContain('e30')
  })

  test('keeps the refresh token where the API is on another origin', async () => {
    vi.stubGlobal('ENV', { API_BASE_URL: 'https://api.example.org' })
    const session = new Session()
    const { data } = reply(900)
    send.mockResolvedValueOnce({ data: { ...data, refreshToken: 'first' } })
    await session.logIn({ email: 'alice', password: 'x' })
    send.mockResolvedValueOnce({ data: { ...data, refreshToken: 'second' } })
    const refreshing = session.refresh()
    await vi.advanceTimersByTimeAsync(100)
    await refreshing
    expect(refreshes()[0]?.[2]).toEqual({ body: { session: 'token', refreshToken: 'first' } })
    expect(localStorage.getItem('session.refreshToken')).toBe('second')
  })

  test('is anonymous without a request where nobody has signed in', async () => {
    const session = new Session()
    await session.start()
    expect(session.state.get()).toEqual({ status: 'anonymous', because: null })
    expect(send).not.toHaveBeenCalled()
  })

  test('takes up the last visit', async () => {
    await signedIn()
    send.mockResolvedValueOnce(reply(900))
    const session = new Session()
    const starting = session.start()
    await vi.advanceTimersByTimeAsync(100)
    await starting
    expect(session.state.get()).toEqual({ status: 'signedIn', user })
  })

  test('begins as the last visitor before the server has answered', async () => {
    await signedIn()
    const session = new Session()
    send.mockResolvedValueOnce(reply(900))
    void session.start()
    expect(session.state.get()).toEqual({ status: 'signedIn', user })
  })

  test('goes on as the last visitor while the server cannot be reached, and keeps trying', async () => {
    await signedIn()
    const session = new Session()
    send.mockRejectedValueOnce(new Failure('UNREACHABLE')).mockResolvedValue(reply(900))
    void session.start()
    await vi.advanceTimersByTimeAsync(100)
    expect(session.state.get()).toEqual({ status: 'signedIn', user })
    expect(refreshes()).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(5100)
    expect(refreshes()).toHaveLength(2)
    await expect(session.accessToken()).resolves.toBe(jwt(900))
  })

  test('ends with the reason when the server is back and says that it is over', async () => {
    await signedIn()
    const session = new Session()
    const over = new Failure('SESSION_REVOKED', { status: 401 })
    send.mockRejectedValueOnce(new Failure('UNREACHABLE')).mockRejectedValueOnce(over)
    void session.start()
    await vi.advanceTimersByTimeAsync(5200)
    expect(session.state.get()).toEqual({ status: 'anonymous', because: 'revoked' })
  })

  test('knows nobody when what it remembers is not an account', async () => {
    localStorage.setItem('session', '1')
    const session = new Session()
    send.mockRejectedValueOnce(new Failure('UNREACHABLE'))
    void session.start()
    await vi.advanceTimersByTimeAsync(100)
    expect(session.state.get()).toEqual({ status: 'starting', unreachable: true })
  })

  test(
    'shows nobody who has no name, whatever it remembers',
    () => {
      send.mockReturnValue(new Promise(() => undefined))
      const field = fc.oneof(fc.constant('alice'), fc.jsonValue({ maxDepth: 1 }))
      const account = fc.record({ id: field, username: field, email: field })
      const hints = fc.oneof(
        fc.oneof(fc.jsonValue(), account).map((value) => JSON.stringify(value)),
        fc.string(),
      )
      fc.assert(
        fc.property(
          hints.filter((hint) => hint !== ''),
          (hint) => {
            localStorage.setItem('session', hint)
            const session = new Session()
            void session.start()
            const state = session.state.get()
            vi.clearAllTimers()
            FakeChannel.all.clear()
            if (state.status === 'starting') return
            if (state.status !== 'signedIn') throw new Error(state.status)
            const texts = [state.user.id, state.user.username, state.user.email]
            expect(texts.filter((text) => typeof text !== 'string' || text === '')).toEqual([])
          },
        ),
        runs(500),
      )
    },
    FUZZ_TIMEOUT_MS,
  )

  test('is given a new token first when the old one expired in a sleep', async () => {
    const session = await signedIn(900)
    // The clock goes on in a sleep, timers do not.
    vi.setSystemTime(Date.now() + 901_000)
    send.mockResolvedValueOnce(reply(900, 'b'))
    const token = session.accessToken()
    await vi.advanceTimersByTimeAsync(100)
    await expect(token).resolves.toBe(jwt(900, 'b'))
  })

  test('refreshes once however many ask at once', async () => {
    const session = await signedIn()
    send.mockResolvedValue(reply(900, 'b'))
    const all = Promise.all([session.refresh(), session.refresh(), session.refresh()])
    await vi.advanceTimersByTimeAsync(100)
    await all
    expect(refreshes()).toHaveLength(1)
    expect(await session.accessToken()).toBe(jwt(900, 'b'))
  })

  test('refreshes before the token expires, whatever the clock says', async () => {
    await signedIn(900)
    send.mockResolvedValue(reply(900, 'b'))
    await vi.advanceTimersByTimeAsync(719_000)
    expect(refreshes()).toHaveLength(0)
    await vi.advanceTimersByTimeAsync(2000)
    expect(refreshes()).toHaveLength(1)
  })

  test('that ended while the server was away ends there on the next visit', async () => {
    const session = await signedIn()
    send.mockRejectedValueOnce(new Failure('UNREACHABLE'))
    await session.logOut()
    expect(session.state.get()).toEqual({ status: 'anonymous', because: 'loggedOut' })
    send.mockClear()
    send.mockResolvedValue({ data: { ok: true } })
    await new Session().start()
    await new Session().start()
    expect(send).toHaveBeenCalledExactlyOnceWith('post', '/auth/logout', {
      body: { session: 'cookie' },
    })
  })

  test('that was ended stays ended though a refresh was on its way', async () => {
    const session = await signedIn()
    let answer: (value: unknown) => void = () => undefined
    send.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)))
    const refreshing = expect(session.refresh()).rejects.toThrow()
    await vi.advanceTimersByTimeAsync(100)
    expect(refreshes()).toHaveLength(1)
    send.mockResolvedValueOnce({ data: { ok: true } })
    await session.logOut()
    answer(reply(900, 'b'))
    await refreshing
    expect(session.state.get()).toEqual({ status: 'anonymous', because: 'loggedOut' })
  })

  test.each([
    ['BAD_REFRESH_TOKEN', 'expired'],
    ['SESSION_REVOKED', 'revoked'],
  ])('refused with %s it is %s', async (code, because) => {
    const session = await signedIn()
    send.mockRejectedValueOnce(new Failure(code, { status: 401 }))
    const refreshing = expect(session.refresh()).rejects.toThrow(code)
    await vi.advanceTimersByTimeAsync(100)
    await refreshing
    expect(session.state.get()).toEqual({ status: 'anonymous', because })
  })
})

test('what one did oneself is why a session ended, whoever said so first', async () => {
  const session = await signedIn()
  session.end('revoked')
  session.end('deleted')
  expect(session.state.get()).toEqual({ status: 'anonymous', because: 'deleted' })
  session.end('expired')
  expect(session.state.get()).toEqual({ status: 'anonymous', because: 'deleted' })
})

describe('two tabs', () => {
  test('that refresh at once ask the server once and share the answer', async () => {
    const other = new Session()
    const one = await signedIn()
    await vi.advanceTimersByTimeAsync(10)
    send.mockImplementation(
      () => new Promise((resolve) => setTimeout(() => resolve(reply(900, 'b')), 50)),
    )
    const both = Promise.all([one.refresh(), other.refresh()])
    await vi.advanceTimersByTimeAsync(10_000)
    await both
    expect(refreshes()).toHaveLength(1)
    expect(await one.accessToken()).toBe(jwt(900, 'b'))
    expect(await other.accessToken()).toBe(jwt(900, 'b'))
  })

  test('log out together', async () => {
    const other = new Session()
    const one = await signedIn()
    await vi.advanceTimersByTimeAsync(10)
    expect(other.state.get()).toEqual({ status: 'signedIn', user })
    send.mockResolvedValue({ data: { ok: true } })
    await one.logOut()
    await vi.advanceTimersByTimeAsync(10)
    expect(other.state.get()).toEqual({ status: 'anonymous', because: 'loggedOut' })
  })
})
