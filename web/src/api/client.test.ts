import { beforeEach, expect, test, vi } from 'vitest'

import { Failure } from '@/lib/failure'

import { call } from './client'

const { send, session } = vi.hoisted(() => {
  const session = { token: 'old', refresh: vi.fn(() => Promise.resolve()) }
  return { send: vi.fn(), session }
})
vi.mock('./http', () => ({ send }))
vi.mock('./session', () => ({
  session: { accessToken: () => Promise.resolve(session.token), refresh: session.refresh },
}))

beforeEach(() => {
  send.mockReset()
  session.token = 'old'
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
