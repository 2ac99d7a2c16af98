import { QueryClient } from '@tanstack/react-query'
import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { MemoryRouter, Route, Routes, useLocation } from 'react-router'
import { beforeEach, expect, test, vi } from 'vitest'

import { chooseLanguage } from '@/i18n/language'
import { keys } from '@/realtime/keys'
import type { Live } from '@/realtime/live'
import { LiveProvider } from '@/realtime/live-context'
import { roomNamed } from '@/realtime/testing/rooms'

import { RoomSwitcher } from './room-switcher'

const user = userEvent.setup()
const me = { id: 'alice', username: 'alice', email: 'alice@example.org' }

function Address() {
  return <p>at {useLocation().pathname}</p>
}

function show() {
  const queries = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  queries.setQueryData(keys.general, roomNamed('general', { id: 9, ownerUserId: null }))
  queries.setQueryData(keys.rooms, [
    roomNamed('Garden', { id: 1 }),
    roomNamed('Old games', { id: 2, unread: 3, lastSeq: 3 }),
  ])
  const live = { queries, sync: {}, start: () => () => undefined } as unknown as Live
  const onClose = vi.fn()
  const onCreate = vi.fn()
  render(
    <MemoryRouter initialEntries={['/profile']}>
      <LiveProvider live={live} me={me}>
        <RoomSwitcher onClose={onClose} onCreate={onCreate} />
        <Routes>
          <Route path="*" element={<Address />} />
        </Routes>
      </LiveProvider>
    </MemoryRouter>,
  )
  const field = screen.getByRole('combobox')
  const active = () => {
    const id = field.getAttribute('aria-activedescendant')
    return id === null ? null : document.getElementById(id)?.textContent
  }
  return { onClose, onCreate, field, active }
}

beforeEach(() => chooseLanguage('en'))

test('the field has the focus and what is unread comes first', () => {
  const { field, active } = show()
  expect(field).toHaveFocus()
  expect(screen.getByRole('dialog', { name: 'Go to a room' })).toBeInTheDocument()
  expect(screen.getAllByRole('option').map((option) => option.textContent)).toEqual([
    'Old games33 unread',
    'General',
    'Garden',
  ])
  expect(active()).toBe('Old games33 unread')
})

test('arrows choose, round the ends, and Enter goes there', async () => {
  const { onClose, active } = show()
  await user.keyboard('{ArrowUp}')
  expect(active()).toBe('Garden')
  expect(screen.getByRole('option', { selected: true })).toHaveTextContent('Garden')
  await user.keyboard('{ArrowDown}{ArrowDown}{Enter}')
  expect(screen.getByText('at /')).toBeInTheDocument()
  expect(onClose).toHaveBeenCalledOnce()
})

test('typing finds a room, without its accents in the language that one reads', async () => {
  chooseLanguage('fr')
  const { active } = show()
  await user.keyboard('gener')
  expect(active()).toBe('Général')
  await user.keyboard('{Enter}')
  expect(screen.getByText('at /')).toBeInTheDocument()
})

test('a room is chosen with the pointer too', async () => {
  const { onClose } = show()
  await user.click(screen.getByRole('option', { name: 'Garden' }))
  expect(screen.getByText('at /r/1')).toBeInTheDocument()
  expect(onClose).toHaveBeenCalledOnce()
})

test('a name that no room has can become one', async () => {
  const { onCreate } = show()
  await user.keyboard('Zebras')
  expect(screen.getByRole('status')).toHaveTextContent('None of your rooms is called like this.')
  await user.keyboard('{Enter}')
  expect(onCreate).toHaveBeenCalledExactlyOnceWith('Zebras')
})

test('an exact name is not offered again', async () => {
  show()
  await user.keyboard('Garden')
  expect(screen.getAllByRole('option')).toHaveLength(1)
})

test('Enter of an input method chooses nothing', async () => {
  const { onClose, field } = show()
  field.dispatchEvent(
    new KeyboardEvent('keydown', { key: 'Enter', keyCode: 229, bubbles: true, cancelable: true }),
  )
  await user.keyboard('x')
  expect(onClose).not.toHaveBeenCalled()
})
