import { fireEvent, render, screen } from '@testing-library/react'
import { expect, test, vi } from 'vitest'

import { Dialog } from './dialog'

function show() {
  const onOuter = vi.fn()
  const onInner = vi.fn()
  render(
    <Dialog title="Members" onClose={onOuter}>
      <Dialog title="Rename" onClose={onInner}>
        <input />
      </Dialog>
    </Dialog>,
  )
  const inner = screen.getByRole('dialog', { name: 'Rename' })
  inner.getBoundingClientRect = () => new DOMRect(100, 100, 200, 200)
  return { onOuter, onInner, inner }
}

test('Escape closes the dialog on top only', () => {
  const { onOuter, onInner, inner } = show()
  fireEvent(inner, new Event('cancel', { cancelable: true }))
  expect(onInner).toHaveBeenCalledOnce()
  expect(onOuter).not.toHaveBeenCalled()
})

test('a press beside the dialog closes it, one on its edge does not', () => {
  const { onOuter, onInner, inner } = show()
  fireEvent(inner, new MouseEvent('pointerdown', { clientX: 110, clientY: 110, bubbles: true }))
  expect(onInner).not.toHaveBeenCalled()
  fireEvent(inner, new MouseEvent('pointerdown', { clientX: 50, clientY: 50, bubbles: true }))
  expect(onInner).toHaveBeenCalledOnce()
  expect(onOuter).not.toHaveBeenCalled()
})

test('a selection that ends beside the dialog leaves it open', () => {
  const { onInner, inner } = show()
  fireEvent(screen.getByRole('textbox'), new MouseEvent('pointerdown', { bubbles: true }))
  fireEvent(inner, new MouseEvent('click', { clientX: 50, clientY: 50, bubbles: true }))
  expect(onInner).not.toHaveBeenCalled()
})
