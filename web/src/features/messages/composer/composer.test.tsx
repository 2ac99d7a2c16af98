import { QueryClient } from '@tanstack/react-query'
import { fireEvent, render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, test, vi } from 'vitest'

import { chooseLanguage } from '@/i18n/language'
import type { Live } from '@/realtime/live'
import { LiveProvider } from '@/realtime/live-context'

import { loadMarkdown } from '../markdown/load-markdown'
import { MessageText } from '../message-text'
import { CharacterCount } from './character-count'
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
  return { onSend, unmount, box: screen.getByLabelText<HTMLTextAreaElement>('Message General') }
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
  expect(screen.queryByText(/4,000/)).not.toBeInTheDocument()
  await user.paste('🙂'.repeat(200))
  expect(box).toHaveAccessibleDescription(/3,990 \/ 4,000 characters$/)
  await user.paste('🙂'.repeat(322))
  expect(box).toHaveAccessibleDescription(/4,312 \/ 4,000 characters: 312 too many$/)
  expect(screen.getByRole('status')).toHaveTextContent('too long to be sent')
  expect(screen.getByRole('button', { name: 'Send' })).toBeDisabled()
  await user.type(box, '{Enter}')
  expect(onSend).not.toHaveBeenCalled()
})

test('formats wrap what is selected, and a second time take it back', async () => {
  const { box } = show()
  await user.type(box, 'so bold')
  box.setSelectionRange(3, 7)
  await user.keyboard('{Control>}b{/Control}')
  expect(box).toHaveValue('so **bold**')
  await user.keyboard('{Control>}b{/Control}')
  expect(box).toHaveValue('so bold')
  await user.click(screen.getByRole('button', { name: 'Formatting' }))
  const [quote] = screen.getAllByRole('button', { name: 'Quote' })
  if (quote) await user.click(quote)
  expect(box).toHaveValue('> so bold')
  expect(box).toHaveFocus()
})

test('Enter sends within code too, as everywhere', async () => {
  const { onSend, box } = show()
  await user.type(box, '```{Shift>}{Enter}{/Shift}a = 1{Enter}')
  expect(onSend).toHaveBeenCalledExactlyOnceWith('```\na = 1')
})

test('the preview shows what the room will show', async () => {
  const { box } = show()
  await loadMarkdown()
  const toggle = screen.getByRole('button', { name: 'Preview' })
  expect(toggle).toHaveAttribute('aria-pressed', 'false')
  await user.click(toggle)
  expect(toggle).toHaveAttribute('aria-pressed', 'true')
  const preview = screen.getByRole('region', { name: 'Preview' })
  expect(preview).toHaveTextContent('Nothing to preview yet.')
  const texts = [
    '**a** _b_',
    '- [x] a\n- b',
    'one\n\ntwo',
    '<b>x</b>',
    '```js\na\n```',
    '[x](javascript:1)',
    '🎉',
  ]
  for (const text of texts) {
    fireEvent.change(box, { target: { value: text } })
    const room = render(<MessageText text={text} />)
    expect(preview.innerHTML).toBe(room.container.innerHTML)
    room.unmount()
  }
})

test('in French numbers are written as one writes them there', () => {
  chooseLanguage('fr')
  render(<CharacterCount id="count" count={4312} />)
  expect(document.getElementById('count')?.textContent.replace(/\s/gu, ' ')).toBe(
    '4 312 / 4 000 caractères : 312 de trop',
  )
})
