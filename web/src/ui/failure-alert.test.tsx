import { act, render, screen } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { chooseLanguage } from '@/i18n/language'
import { Failure } from '@/lib/failure'

import { FailureAlert } from './failure-alert'

function pass(ms: number): void {
  act(() => void vi.advanceTimersByTime(ms))
}

beforeEach(() => {
  chooseLanguage('en')
  vi.useFakeTimers()
})

afterEach(() => void vi.useRealTimers())

test.each(['RATE_LIMITED', 'UNAVAILABLE'])(
  '%s counts down for the eye, is said once, and says when it is over',
  (code) => {
    render(<FailureAlert failure={new Failure(code, { retryAfterSeconds: 12 })} />)
    const [said, seen] = Array.from(screen.getByRole('alert').children)
    expect(said).toHaveTextContent('12 seconds')
    pass(5000)
    expect(seen).toHaveTextContent('7 seconds')
    expect(said).toHaveTextContent('12 seconds')
    pass(7000)
    expect(seen).toHaveTextContent('You can try again now.')
  },
)

test('a failure that waiting does not change is said as it is', () => {
  render(<FailureAlert failure={new Failure('BAD_CREDENTIALS')} />)
  expect(screen.getByRole('alert')).toHaveTextContent('The email, username or password is wrong.')
})
