import { QueryClient } from '@tanstack/react-query'
import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, test, vi } from 'vitest'

import { chooseLanguage } from '@/i18n/language'
import type { Live } from '@/realtime/live'
import { LiveProvider } from '@/realtime/live-context'

import { UnreadBar } from './unread-bar'

const me = { id: 'alice', username: 'alice', email: 'alice@example.org' }
const today = new Date()
today.setHours(9, 5, 0, 0)

function show(toLoad: number | null) {
  const actions = { onJump: vi.fn(), onStop: vi.fn(), onMarkRead: vi.fn() }
  const timeOf = () => Promise.resolve(today.toISOString())
  const live = {
    queries: new QueryClient(),
    start: () => () => undefined,
    sync: { logs: { timeOf } },
  } as unknown as Live
  render(
    <LiveProvider live={live} me={me}>
      <UnreadBar room={1} first={7} count={120} toLoad={toLoad} {...actions} />
    </LiveProvider>,
  )
  return actions
}

const press = (name: string) => userEvent.click(screen.getByRole('button', { name }))

beforeEach(() => chooseLanguage('en'))

test('it says how many are new, and since when', async () => {
  show(null)
  expect(await screen.findByText(/^120 new messages since 9:05 AM$/)).toHaveRole('status')
})

test('it says so in French', async () => {
  chooseLanguage('fr')
  show(null)
  expect(await screen.findByText(/^120 nouveaux messages \(09:05\)$/)).toBeInTheDocument()
})

test('it leads to the first of them, or has them count as read', async () => {
  const { onJump, onMarkRead } = show(null)
  await press('Jump to first unread')
  expect(onJump).toHaveBeenCalledOnce()
  await press('Mark as read')
  expect(onMarkRead).toHaveBeenCalledOnce()
})

test('on the way it says how many are to be loaded, and can be stopped', async () => {
  const { onStop } = show(300)
  expect(screen.getByText('300 messages to load…')).toBeInTheDocument()
  expect(screen.queryByRole('button', { name: 'Jump to first unread' })).not.toBeInTheDocument()
  await press('Stop')
  expect(onStop).toHaveBeenCalledOnce()
})
