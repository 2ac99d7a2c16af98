import { QueryClient } from '@tanstack/react-query'
import { fireEvent, render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, test, vi } from 'vitest'

import { chooseLanguage } from '@/i18n/language'
import type { Live } from '@/realtime/live'
import { LiveProvider } from '@/realtime/live-context'

import { Composer } from './composer'

const user = userEvent.setup()
const me = { id: 'alice', username: 'alice', email: 'alice@example.org' }
const live = { queries: new QueryClient(), start: () => () => undefined } as unknown as Live

function show(room = 1) {
  const onSend = vi.fn()
  const { unmount } = render(
    <LiveProvider live={live} me={me}>
      <Composer room={room} title="General" onSend={onSend} />
    </LiveProvider>,
  )
  return { onSend, unmount, box: screen.getByLabelText('Message General') }
}

beforeEach(() => chooseLanguage('en'))

test('Enter sends what was written, without the space around it', async () => {
  const { onSend, box } = show()
  await user.type(box, '  hello {Enter}')
  expect(onSend).toHaveBeenCalledExactlyOnceWith('hello')
  expect(box).toHaveValue('')
})

test('Shift and Enter start a new line', async () => {
  const { onSend, box } = show()
  await user.type(box, 'one{Shift>}{Enter}{/Shift}two')
  expect(box).toHaveValue('one\ntwo')
  expect(onSend).not.toHaveBeenCalled()
})

test('Enter that ends the work of an input method sends nothing', () => {
  const { onSend, box } = show()
  fireEvent.change(box, { target: { value: '日本' } })
  fireEvent.keyDown(box, { key: 'Enter', keyCode: 229 })
  fireEvent.keyDown(box, { key: 'Enter', isComposing: true })
  expect(onSend).not.toHaveBeenCalled()
  fireEvent.keyDown(box, { key: 'Enter', keyCode: 13 })
  expect(onSend).toHaveBeenCalledExactlyOnceWith('日本')
})

test('nothing to see is nothing to send', async () => {
  const { onSend, box } = show()
  await user.type(box, '   {Enter}')
  expect(onSend).not.toHaveBeenCalled()
  expect(screen.getByRole('button', { name: 'Send' })).toBeDisabled()
})

test('a draft is kept for its room', async () => {
  const first = show(1)
  await user.type(first.box, 'half a thought')
  first.unmount()
  const other = show(2)
  expect(other.box).toHaveValue('')
  other.unmount()
  expect(show(1).box).toHaveValue('half a thought')
})

test('a draft that was sent is gone', async () => {
  const { box, unmount } = show()
  await user.type(box, 'done{Enter}')
  unmount()
  expect(show().box).toHaveValue('')
})

test('the limit is counted near the end, and holds', async () => {
  const { onSend, box } = show()
  await user.click(box)
  await user.paste('🙂'.repeat(3790))
  expect(screen.queryByText(/characters left/)).not.toBeInTheDocument()
  await user.paste('🙂'.repeat(200))
  expect(screen.getByText('10 characters left')).toBeInTheDocument()
  await user.paste('🙂'.repeat(11))
  expect(screen.getByText('1 character too many')).toBeInTheDocument()
  await user.type(box, '{Enter}')
  expect(onSend).not.toHaveBeenCalled()
})
