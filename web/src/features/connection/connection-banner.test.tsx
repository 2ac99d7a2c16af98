import { QueryClient } from '@tanstack/react-query'
import { act, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { chooseLanguage } from '@/i18n/language'
import { Observable } from '@/lib/observable'
import type { Live } from '@/realtime/live'
import { LiveProvider } from '@/realtime/live-context'
import type { ConnectionState } from '@/realtime/socket'

import { ConnectionBanner } from './connection-banner'

const me = { id: 'alice', username: 'alice', email: 'alice@example.org' }

function show(first: ConnectionState) {
  const state = new Observable<ConnectionState>(first)
  const retryAt = new Observable<number | null>(null)
  const reconnectNow = vi.fn()
  const socket = { state, retryAt, reconnectNow }
  const live = { queries: new QueryClient(), socket, start: () => () => undefined }
  render(
    <LiveProvider live={live as unknown as Live} me={me}>
      <ConnectionBanner />
    </LiveProvider>,
  )
  const wait = (seconds: number) =>
    act(() => {
      retryAt.set(Date.now() + seconds * 1000)
      state.set('waiting')
    })
  return { state, wait, reconnectNow, status: screen.getByRole('status') }
}

function pass(ms: number): void {
  act(() => void vi.advanceTimersByTime(ms))
}

beforeEach(() => {
  chooseLanguage('en')
  vi.useFakeTimers()
})

afterEach(() => void vi.useRealTimers())

test('a connection that is back within two seconds was never missed', () => {
  const { state, wait, status } = show('connected')
  wait(1)
  pass(1900)
  expect(status).toBeEmptyDOMElement()
  act(() => state.set('connected'))
  pass(5000)
  expect(status).toBeEmptyDOMElement()
  expect(screen.queryByText('Try now')).not.toBeInTheDocument()
})

test('the seconds count down for the eye, and are said once', () => {
  const { wait, status } = show('connected')
  wait(12)
  pass(2000)
  expect(status).toHaveTextContent(/^No connection\.$/)
  expect(screen.getByText(/Trying again in 10 s/)).toHaveAttribute('aria-hidden')
  pass(3000)
  expect(screen.getByText(/Trying again in 7 s/)).toBeInTheDocument()
  expect(status).toHaveTextContent(/^No connection\.$/)
})

test('one can try at once, and a connection that is back says nothing more', () => {
  const { state, wait, status, reconnectNow } = show('connected')
  wait(12)
  pass(2000)
  fireEvent.click(screen.getByRole('button', { name: 'Try now' }))
  expect(reconnectNow).toHaveBeenCalledOnce()
  act(() => state.set('connected'))
  expect(status).toBeEmptyDOMElement()
})

test('a page that never had a connection says so, too, and that the browser is offline', () => {
  const onLine = vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false)
  const { status } = show('connecting')
  pass(2000)
  expect(status).toHaveTextContent('You are offline. Messages are kept and sent later.')
  onLine.mockReturnValue(true)
  act(() => void window.dispatchEvent(new Event('online')))
  expect(status).toHaveTextContent('No connection.')
})
