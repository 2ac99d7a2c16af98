import fc from 'fast-check'
import { expect, test } from 'vitest'

import { tokenTimes } from './jwt'
import { FUZZ_TIMEOUT_MS, runs } from './testing/fuzz'

const claims = fc.record({ iat: fc.jsonValue(), exp: fc.jsonValue() }, { requiredKeys: [] })
const tokens = fc
  .oneof(claims, fc.jsonValue(), fc.string())
  .map((payload) => `e30.${btoa(encodeURI(JSON.stringify(payload)))}.x`)

test(
  'whatever a token says, it lives for a number of seconds',
  () => {
    fc.assert(
      fc.property(fc.oneof(tokens, fc.string({ unit: 'binary' })), (token) => {
        const { lifetimeSeconds } = tokenTimes(token)
        expect(Number.isFinite(lifetimeSeconds) && lifetimeSeconds >= 0).toBe(true)
      }),
      runs(500),
    )
  },
  FUZZ_TIMEOUT_MS,
)

test('a token lives from its issue to its expiry', () => {
  const token = `e30.${btoa(JSON.stringify({ iat: 100, exp: 1000 }))}.x`
  expect(tokenTimes(token)).toEqual({ lifetimeSeconds: 900 })
})
