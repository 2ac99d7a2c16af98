import { render, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, test, vi } from 'vitest'

import { chooseLanguage } from '@/i18n/language'

import { wantsNotifications, wantsSound } from './choices'
import { NotificationSettings } from './notification-settings'

const user = userEvent.setup()

function browser(permission: NotificationPermission, answer: NotificationPermission) {
  const fake = {
    permission,
    requestPermission: vi.fn(() => {
      fake.permission = answer
      return Promise.resolve(answer)
    }),
  }
  vi.stubGlobal('isSecureContext', true)
  vi.stubGlobal('Notification', fake)
  return fake
}

function choice() {
  render(<NotificationSettings />)
  return screen.getByRole('switch', { name: 'Notify me of new messages' })
}

beforeEach(() => {
  chooseLanguage('en')
  wantsNotifications.choose(false)
  wantsSound.choose(false)
})

test('the browser asks when one chooses notifications, and not before', async () => {
  const { requestPermission } = browser('default', 'granted')
  const toggle = choice()
  expect(requestPermission).not.toHaveBeenCalled()
  await user.click(toggle)
  expect(requestPermission).toHaveBeenCalledOnce()
  await waitFor(() => expect(toggle).toBeChecked())
  expect(localStorage.getItem('notifications')).toBe('1')
  await user.click(toggle)
  expect(toggle).not.toBeChecked()
  expect(localStorage.getItem('notifications')).toBeNull()
})

test('who refuses is told how to change their mind', async () => {
  browser('default', 'denied')
  const toggle = choice()
  await user.click(toggle)
  await waitFor(() => expect(toggle).toBeDisabled())
  expect(toggle).not.toBeChecked()
  expect(toggle).toHaveAccessibleDescription(/Your browser blocks notifications/)
})

test('over plain http the reason is said, and the sound can still be chosen', async () => {
  browser('default', 'granted')
  vi.stubGlobal('isSecureContext', false)
  const toggle = choice()
  expect(toggle).toBeDisabled()
  expect(toggle).toHaveAccessibleDescription(/only for pages over https/)
  const sound = screen.getByRole('switch', { name: 'Play a quiet sound' })
  await user.click(sound)
  expect(sound).toBeChecked()
  expect(wantsSound.get()).toBe(true)
})
