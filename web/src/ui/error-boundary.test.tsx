import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, test, vi } from 'vitest'

import { chooseLanguage } from '@/i18n/language'

import { ErrorBoundary } from './error-boundary'

const health = { isWell: false }

function Part() {
  if (!health.isWell) throw new Error('A part fails')
  return <p>The part</p>
}

beforeEach(() => {
  chooseLanguage('en')
  health.isWell = false
  vi.spyOn(console, 'error').mockReturnValue()
})

test('a part that fails says so, leaves what is beside it, and can be tried again', async () => {
  render(
    <>
      <p>Beside it</p>
      <ErrorBoundary>
        <Part />
      </ErrorBoundary>
    </>,
  )
  expect(screen.getByRole('alert')).toHaveTextContent('Something went wrong here')
  expect(screen.getByText('Beside it')).toBeVisible()
  health.isWell = true
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
  expect(screen.getByText('The part')).toBeVisible()
  expect(screen.queryByRole('alert')).not.toBeInTheDocument()
})

test('another screen can take its place', () => {
  render(
    <ErrorBoundary fallback={<p>Plain</p>}>
      <Part />
    </ErrorBoundary>,
  )
  expect(screen.getByText('Plain')).toBeVisible()
})
