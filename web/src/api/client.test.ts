import { beforeEach, expect, test, vi } from 'vitest'

import { Failure } from '@/lib/failure'

import { call } from './client'

const { send, session } = vi.hoisted(() => {
  const session = { token: 'old', user: 'alice', refresh: vi.fn(() => Promise.resolve()) }
  return { send: vi.fn(), session }
})
vi.mock('./http', () => ({ send }))
vi.mock('./session', () => ({
  session: {
    accessToken: () => Promise.resolve(session.token),
    userId: () => session.user,
    refresh: session.refresh,
  },
}))

beforeEach(() => {
  send.mockReset()
  session.token = 'old'
  session.user = 'alice'
  session.refresh.mockReset().mockImplementation(() => {
    session.token = 'new'
    return Promise.resolve()
  })
})

const tokens = () => send.mock.calls.map((parts) => parts[3] as string)

test('a refused token is replaced and the request made once more', async () => {
  send.mockRejectedValueOnce(new Failure('UNAUTHORIZED', { status: 401 }))
  send.mockResolvedValueOnce({ data: 'done' })
  await expect(call('get', '/users/me', {})).resolves.toEqual({ data: 'done' })
  expect(tokens()).toEqual(['old', 'new'])
})

test('a second refusal is final', async () => {
  send.mockRejectedValue(new Failure('UNAUTHORIZED', { status: 401 }))
  await expect(call('get', '/users/me', {})).rejects.toThrow('UNAUTHORIZED')
  expect(tokens()).toEqual(['old', 'new'])
})

test('a token that was replaced meanwhile is not replaced again', async () => {
  send.mockImplementationOnce(() => {
    session.token = 'newer'
    return Promise.reject(new Failure('UNAUTHORIZED', { status: 401 }))
  })
  send.mockResolvedValueOnce({ data: 'done' })
  await call('get', '/users/me', {})
  expect(tokens()).toEqual(['old', 'newer'])
  expect(session.refresh).not.toHaveBeenCalled()
})

test.each(['WRONG_PASSWORD', 'NOT_FOUND'])('%s is not about the token', async (code) => {
  send.mockRejectedValue(new Failure(code, { status: 401 }))
  await expect(call('get', '/users/me', {})).rejects.toThrow(code)
  expect(tokens()).toEqual(['old'])
})

test('a request is not repeated as somebody else who signed in meanwhile', async () => {
  send.mockImplementationOnce(() => {
    Object.assign(session, { token: 'of bob', user: 'bob' })
    return Promise.reject(new Failure('SESSION_REVOKED', { status: 401 }))
  })
  await expect(call('get', '/users/me', {})).rejects.toThrow('UNAUTHORIZED')
  expect(tokens()).toEqual(['old'])
})

test('a request that waits for a token is not made as somebody else who signed in meanwhile', async () => {
  const asked = call('get', '/users/me', {})
  session.user = 'bob'
  await expect(asked).rejects.toThrow('UNAUTHORIZED')
  expect(send).not.toHaveBeenCalled()
})
