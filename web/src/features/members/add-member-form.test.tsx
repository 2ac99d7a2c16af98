import { QueryClient } from '@tanstack/react-query'
import { render, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, test, vi } from 'vitest'

import type { Member } from '@/api/types'
import { chooseLanguage } from '@/i18n/language'
import { Failure } from '@/lib/failure'
import type { Live } from '@/realtime/live'
import { LiveProvider } from '@/realtime/live-context'

import { AddMemberForm } from './add-member-form'

const api = vi.hoisted(() => vi.fn<(method: string, path: string, input: Input) => unknown>())
vi.mock('@/api/client', () => ({ fetchBody: api, call: vi.fn() }))

interface Input {
  query?: { q?: string }
  body?: { username: string }
}

const user = userEvent.setup()
const me = { id: 'alice', username: 'alice', email: 'alice@example.org' }
const member = { userId: 'bobby', usernameSnapshot: 'Bobby', role: 'member' } as Member

function show(names: readonly string[]) {
  api.mockImplementation((method, _, { query, body }) => {
    if (method === 'get') {
      const found = names.filter((name) => name.toLowerCase().startsWith(query?.q ?? ''))
      return Promise.resolve(found.map((name) => ({ id: name.toLowerCase(), username: name })))
    }
    if (names.includes(body?.username ?? '')) return Promise.resolve({ ok: true })
    return Promise.reject(new Failure('NOT_FOUND', { status: 404 }))
  })
  const live = { queries: new QueryClient(), start: () => () => undefined } as unknown as Live
  render(
    <LiveProvider live={live} me={me}>
      <AddMemberForm roomId={1} members={[member]} />
    </LiveProvider>,
  )
  return screen.getByRole('combobox', { name: 'Add somebody by username' })
}

function added(): string[] {
  return api.mock.calls.flatMap(([method, , input]) =>
    method === 'post' ? [input.body?.username ?? ''] : [],
  )
}

const everybody = ['alice', 'Bob', 'Bobby', 'Carla']

beforeEach(() => {
  api.mockReset()
  chooseLanguage('en')
})

test('whoever is found first is added with Enter, and the field is ready for the next one', async () => {
  const field = show(everybody)
  await user.type(field, 'bo')
  await screen.findByRole('option', { name: 'Bob', selected: true })
  await user.keyboard('{Enter}')
  await waitFor(() => expect(field).toHaveValue(''))
  expect(added()).toEqual(['Bob'])
  expect(field).toHaveFocus()
})

test('the server is asked once for what is typed without a pause', async () => {
  const field = show(everybody)
  await user.type(field, 'carl')
  await screen.findByRole('option', { name: 'Carla', selected: true })
  const asked = api.mock.calls.flatMap(([method, , { query }]) =>
    method === 'get' ? [query?.q] : [],
  )
  expect(asked.at(-1)).toBe('carl')
  expect(asked.length).toBeLessThan(4)
})

test('oneself is not offered, and a member is but cannot be chosen', async () => {
  const field = show(everybody)
  await user.click(field)
  const bobby = await screen.findByRole('option', { name: 'Bobby Member' })
  expect(screen.queryByRole('option', { name: /alice/ })).not.toBeInTheDocument()
  expect(bobby).toHaveAttribute('aria-disabled', 'true')
  await user.click(bobby)
  expect(added()).toEqual([])
})

test('without a name Enter adds nobody; the arrows still do', async () => {
  const field = show(everybody)
  await user.click(field)
  await screen.findByRole('option', { name: 'Bob' })
  expect(screen.queryByRole('option', { selected: true })).not.toBeInTheDocument()
  await user.keyboard('{ArrowUp}')
  expect(screen.getByRole('option', { selected: true })).toHaveTextContent('Carla')
  await user.keyboard('{Enter}')
  await waitFor(() => expect(added()).toEqual(['Carla']))
})

test('Escape closes the list and nothing else', async () => {
  const field = show(everybody)
  await user.type(field, 'bo')
  await screen.findByRole('option', { name: 'Bob' })
  await user.keyboard('{Escape}')
  expect(screen.queryByRole('option')).not.toBeInTheDocument()
  expect(field).toHaveValue('bo')
})

test('a name that nobody has is said to be so, at the field', async () => {
  const field = show(everybody)
  await user.type(field, 'zoe')
  expect(await screen.findByText('Nobody’s name starts like this.')).toBeInTheDocument()
  await user.keyboard('{Enter}')
  await waitFor(() =>
    expect(field).toHaveAccessibleDescription('There is nobody with this username.'),
  )
})

test('who is alone on the server is told how others come', async () => {
  show(['alice'])
  expect(await screen.findByText(/You are the only one on this server/)).toBeInTheDocument()
  expect(screen.getByRole('button', { name: 'Copy the address' })).toBeInTheDocument()
})
