import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { MemoryRouter } from 'react-router'
import { beforeEach, describe, expect, test, vi } from 'vitest'

import { chooseLanguage } from '@/i18n/language'
import { Failure } from '@/lib/failure'

import { LogInForm } from './log-in-form'
import { SignUpForm } from './sign-up-form'

const session = vi.hoisted(() => ({
  logIn: vi.fn<(input: object) => Promise<void>>(),
  signUp: vi.fn<(input: object) => Promise<void>>(),
}))
vi.mock('@/api/session', () => ({ session }))

const user = userEvent.setup()

beforeEach(() => {
  chooseLanguage('en')
  session.logIn.mockReset().mockResolvedValue()
  session.signUp.mockReset().mockResolvedValue()
})

describe('the log-in form', () => {
  test('is sent with Enter', async () => {
    render(<LogInForm />)
    expect(screen.getByLabelText('Email or username')).toHaveFocus()
    await user.type(screen.getByLabelText('Email or username'), 'alice')
    await user.type(screen.getByLabelText('Password'), 'secret 123{Enter}')
    expect(session.logIn).toHaveBeenCalledWith({ email: 'alice', password: 'secret 123' })
  })

  test('says in one’s own language what went wrong', async () => {
    session.logIn.mockRejectedValue(new Failure('BAD_CREDENTIALS', { status: 401 }))
    chooseLanguage('fr')
    render(<LogInForm />)
    await user.click(screen.getByRole('button', { name: 'Se connecter' }))
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'L’adresse, le nom ou le mot de passe est incorrect.',
    )
  })

  test('says how long to wait after too many attempts', async () => {
    session.logIn.mockRejectedValue(
      new Failure('RATE_LIMITED', { status: 429, retryAfterSeconds: 30 }),
    )
    render(<LogInForm />)
    await user.click(screen.getByRole('button', { name: 'Log in' }))
    expect(await screen.findByRole('alert')).toHaveTextContent('Try again in 30 seconds.')
  })

  test('is not sent twice while the first is under way', async () => {
    session.logIn.mockReturnValue(new Promise(() => undefined))
    render(<LogInForm />)
    await user.click(screen.getByRole('button', { name: 'Log in' }))
    await user.click(screen.getByRole('button', { name: 'Log in' }))
    expect(session.logIn).toHaveBeenCalledOnce()
  })
})

describe('the sign-up form', () => {
  test('says beside each field what is wrong with it, and goes to the first', async () => {
    session.signUp.mockRejectedValue(
      new Failure('INVALID', {
        status: 400,
        fields: { email: 'BAD_FORMAT', password: 'TOO_WEAK' },
      }),
    )
    render(
      <MemoryRouter>
        <SignUpForm />
      </MemoryRouter>,
    )
    await user.click(screen.getByRole('button', { name: 'Sign up' }))
    const email = await screen.findByLabelText('Email')
    expect(email).toHaveAccessibleDescription('This does not look like an email address.')
    expect(email).toHaveFocus()
    expect(screen.getByLabelText('Password')).toHaveAccessibleDescription(/too easy to guess/)
    expect(screen.queryByRole('alert')).not.toBeInTheDocument()
  })
})
