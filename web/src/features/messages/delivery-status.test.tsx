import { QueryClient } from '@tanstack/react-query'
import { act, render, screen } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { chooseLanguage } from '@/i18n/language'
import { Observable } from '@/lib/observable'
import type { Live } from '@/realtime/live'
import { LiveProvider } from '@/realtime/live-context'
import type { OutboxEntry } from '@/realtime/outbox-entry'

import { DeliveryStatus } from './delivery-status'

const me = { id: 'alice', username: 'alice', email: 'alice@example.org' }

function show(change: Partial<OutboxEntry>, state = 'connected'): void {
  const live = {
    queries: new QueryClient(),
    start: () => () => undefined,
    socket: { state: new Observable(state) },
  } as unknown as Live
  const entry: OutboxEntry = {
    clientMessageId: 'one',
    roomId: 1,
    content: 'hello',
    createdAt: new Date().toISOString(),
    state: 'pending',
    ...change,
  }
  render(
    <LiveProvider live={live} me={me}>
      <DeliveryStatus entry={entry} />
    </LiveProvider>,
  )
}

const pass = (ms: number) => act(() => void vi.advanceTimersByTime(ms))
const seen = () => screen.getByText(/\d s\.$/, { selector: '[aria-hidden]' })

beforeEach(() => {
  chooseLanguage('en')
  vi.useFakeTimers()
})

afterEach(() => void vi.useRealTimers())

test.each(['RATE_LIMITED', 'UNAVAILABLE'])(
  'after %s the seconds until it is sent again are counted down, and it can be discarded',
  (code) => {
    show({ code, retryAt: Date.now() + 12_000 })
    expect(seen()).toHaveTextContent('The server asks to wait. Sending again in 12 s.')
    expect(screen.getByRole('button', { name: 'Discard' })).toBeVisible()
    pass(5000)
    expect(seen()).toHaveTextContent('in 7 s.')
    pass(7000)
    expect(screen.getByText('Sending…')).toBeVisible()
    expect(screen.queryByText(/asks to wait/)).not.toBeInTheDocument()
  },
)

test('the seconds are counted in French, too', () => {
  chooseLanguage('fr')
  show({ code: 'RATE_LIMITED', retryAt: Date.now() + 3000 })
  expect(seen()).toHaveTextContent('Le serveur demande d’attendre. Nouvel envoi dans 3 s.')
})

test('without a connection it waits for that', () => {
  show({ code: 'RATE_LIMITED', retryAt: Date.now() + 3000 }, 'waiting')
  expect(screen.getByText('Waiting for the connection')).toBeVisible()
  expect(screen.queryByText(/asks to wait/)).not.toBeInTheDocument()
})

test('what was refused says why', () => {
  show({ state: 'failed', code: 'FORBIDDEN' })
  expect(screen.getByRole('alert')).toHaveTextContent('Not sent. You are not allowed to do this.')
})
