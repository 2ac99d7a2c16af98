import { AxiosError, type AxiosResponse } from 'axios'
import { expect, test } from 'vitest'

import { toFailure } from './failures'

function refused(status: number, data: unknown, headers: Record<string, string> = {}) {
  const response = { status, data, headers } as AxiosResponse
  return new AxiosError('refused', undefined, undefined, undefined, response)
}

test('a problem keeps its code, its fields and the seconds to wait', () => {
  const errors = [{ field: 'username', code: 'TOO_SHORT', message: '' }]
  const problem = { code: 'INVALID', errors }
  const failure = toFailure(refused(400, problem, { 'retry-after': '7' }))
  expect(failure).toMatchObject({ code: 'INVALID', status: 400 })
  expect(failure.details.fields).toEqual({ username: 'TOO_SHORT' })
  expect(failure.details.retryAfterSeconds).toBe(7)
})

test('no answer means that the server cannot be reached', () => {
  expect(toFailure(new AxiosError('Network Error')).isUnreachable).toBe(true)
})

test('the page of a gateway means that the server cannot be reached', () => {
  expect(toFailure(refused(502, '<h1>Bad Gateway</h1>')).isUnreachable).toBe(true)
})

test('a mistake of our own is none of the server’s', () => {
  expect(toFailure(new TypeError('x')).code).toBe('UNEXPECTED')
})
