import { AxiosError, type AxiosResponse } from 'axios'
import fc from 'fast-check'
import { expect, test } from 'vitest'

import { FUZZ_TIMEOUT_MS, runs } from '@/lib/testing/fuzz'

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

test(
  'whatever an answer says, it is a failure with a code',
  () => {
    const bodies = fc.oneof(
      fc.jsonValue(),
      fc.record({ code: fc.jsonValue(), errors: fc.jsonValue() }, { requiredKeys: [] }),
      fc.record({ code: fc.string(), errors: fc.array(fc.jsonValue()) }),
    )
    fc.assert(
      fc.property(bodies, fc.string(), (body, seconds) => {
        const { code, details } = toFailure(refused(502, body, { 'retry-after': seconds }))
        expect(typeof code).toBe('string')
        expect(details.retryAfterSeconds ?? 1).toBeGreaterThan(0)
      }),
      runs(1000),
    )
  },
  FUZZ_TIMEOUT_MS,
)

test('a mistake of our own is none of the server’s', () => {
  expect(toFailure(new TypeError('x')).code).toBe('UNEXPECTED')
})
