import { createEvent, fireEvent, render, screen } from '@testing-library/react'
import { beforeEach, expect, test } from 'vitest'

import { chooseLanguage } from '@/i18n/language'
import { toasts } from '@/ui/toast-store'

import { useFileRefusal } from './use-file-refusal'

function Page() {
  useFileRefusal()
  return <p>Anywhere</p>
}

const files = [new File(['x'], 'x.png')]

beforeEach(() => {
  chooseLanguage('en')
  toasts.set([])
  render(<Page />)
})

function told(): string[] {
  return toasts.get().map(({ text }) => text)
}

test('a file that is dropped anywhere is refused aloud, and does not replace the page', () => {
  const target = screen.getByText('Anywhere')
  const over = createEvent.dragOver(target, { dataTransfer: { files: [], types: ['Files'] } })
  fireEvent(target, over)
  expect(over.defaultPrevented).toBe(true)
  const drop = createEvent.drop(target, { dataTransfer: { files, types: ['Files'] } })
  fireEvent(target, drop)
  expect(drop.defaultPrevented).toBe(true)
  expect(told()).toEqual(['Files cannot be sent yet.'])
})

test('a file that is pasted is refused aloud', () => {
  fireEvent.paste(screen.getByText('Anywhere'), { clipboardData: { files, types: ['Files'] } })
  expect(told()).toEqual(['Files cannot be sent yet.'])
})

test('text is let through, also with a picture of itself', () => {
  const target = screen.getByText('Anywhere')
  const paste = createEvent.paste(target, { clipboardData: { files, types: ['text/plain'] } })
  fireEvent(target, paste)
  expect(paste.defaultPrevented).toBe(false)
  const drop = createEvent.drop(target, { dataTransfer: { files: [], types: ['text/plain'] } })
  fireEvent(target, drop)
  expect(drop.defaultPrevented).toBe(false)
  expect(told()).toEqual([])
})
