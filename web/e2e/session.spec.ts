import { PASSWORD } from './support/account'
import { expect, test } from './support/test'

test('a password is reset from end to end', async ({ person }) => {
  const alice = await person('alice')
  await alice.signUp()
  await alice.page.getByRole('button', { name: 'Log out' }).click()
  await expect(alice.page.getByText('You are logged out.')).toBeVisible()

  await alice.page.getByRole('link', { name: 'Forgot your password?' }).click()
  await alice.page.getByLabel('Email').fill(alice.email)
  await alice.page.keyboard.press('Enter')
  await alice.page.getByRole('link', { name: 'Open the reset link' }).click()
  await expect(alice.page).toHaveURL(/\/reset-password\?token=/)
  const link = alice.page.url()
  await alice.page.getByLabel('New password').fill('battery staple 42')
  await alice.page.keyboard.press('Enter')

  await expect(alice.page).toHaveURL(/\/login$/)
  await expect(alice.page.getByText('Your new password is set.')).toBeVisible()
  await alice.logIn(PASSWORD)
  await expect(alice.page.getByRole('alert')).toHaveText(
    'The email, username or password is wrong.',
  )
  await alice.logIn('battery staple 42')
  await expect(alice.composer).toBeVisible()

  // A link works once.
  await alice.page.goto(link)
  await alice.page.getByLabel('New password').fill('another staple 43')
  await alice.page.keyboard.press('Enter')
  await expect(alice.page.getByRole('alert')).toContainText('This link has expired or was used')
})

test('a reset ends the sessions that are open elsewhere, and they say so', async ({ person }) => {
  const alice = await person('alice')
  await alice.signUp()
  const phone = await person('alice')
  await phone.open('/forgot-password')
  await phone.page.getByLabel('Email').fill(alice.email)
  await phone.page.keyboard.press('Enter')
  await phone.page.getByRole('link', { name: 'Open the reset link' }).click()
  await phone.page.getByLabel('New password').fill('battery staple 42')
  await phone.page.keyboard.press('Enter')
  await expect(alice.page).toHaveURL(/\/login$/)
  await expect(alice.page.getByText('Your session was ended')).toBeVisible()
})

test('a session that was ended while its page was closed says so when it is opened', async ({
  person,
}) => {
  const alice = await person('alice')
  await alice.signUp()
  await alice.composer.fill('half a thought')
  await alice.page.goto('about:blank')
  const phone = await person('alice')
  await phone.open('/forgot-password')
  await phone.page.getByLabel('Email').fill(alice.email)
  await phone.page.keyboard.press('Enter')
  await phone.page.getByRole('link', { name: 'Open the reset link' }).click()
  await phone.page.getByLabel('New password').fill('battery staple 42')
  await phone.page.keyboard.press('Enter')
  await expect(phone.page.getByText('Your new password is set.')).toBeVisible()

  await alice.open('/')
  await expect(alice.page.getByText('Your session has ended')).toBeVisible()
  await alice.logIn('battery staple 42')
  await expect(alice.composer).toHaveValue('half a thought')
})

test('every address can be reloaded', async ({ person }) => {
  const alice = await person('alice')
  for (const [path, heading] of [
    ['/login', 'Welcome back'],
    ['/signup', 'Create your account'],
    ['/forgot-password', 'Forgotten password'],
    ['/reset-password?token=x', 'Choose a new password'],
    ['/no/such/page', 'This page does not exist'],
  ] as const) {
    await alice.open(path)
    await alice.page.reload()
    await expect(alice.page.getByRole('heading', { name: heading })).toBeVisible()
  }
  await alice.signUp()
  await alice.createRoom('Garden')
  await alice.page.reload()
  await expect(alice.page.getByRole('heading', { level: 1, name: 'Garden' })).toBeVisible()
  await alice.open('/profile')
  await alice.page.reload()
  await expect(alice.page.getByRole('heading', { level: 1, name: 'Profile' })).toBeVisible()
  await alice.open('/')
  await alice.page.reload()
  await expect(alice.composer).toBeVisible()
})

test('who is not signed in logs in first and comes back to where they wanted to go', async ({
  person,
}) => {
  const alice = await person('alice')
  await alice.signUp()
  const laptop = await person('alice')
  await laptop.open('/profile')
  await expect(laptop.page).toHaveURL(/\/login$/)
  await laptop.page.getByLabel('Email or username').fill(alice.email)
  await laptop.page.getByLabel('Password').fill(PASSWORD)
  await laptop.page.keyboard.press('Enter')
  await expect(laptop.page.getByRole('heading', { level: 1, name: 'Profile' })).toBeVisible()
})

test('two tabs share a session, and logging out of one ends both', async ({ person }) => {
  const alice = await person('alice')
  await alice.signUp()
  const second = await alice.page.context().newPage()
  await second.goto(alice.page.url())
  await expect(second.getByRole('log')).toBeVisible()
  await Promise.all([alice.page.reload(), second.reload()])
  await expect(alice.composer).toBeVisible()
  await expect(second.getByRole('log')).toBeVisible()
  await second.getByRole('button', { name: 'Log out' }).click()
  await expect(alice.page).toHaveURL(/\/login$/)
})

test('the refresh token is out of reach of scripts', async ({ person }) => {
  const alice = await person('alice')
  await alice.signUp()
  const cookies = await alice.page.context().cookies()
  expect(cookies).toEqual([
    expect.objectContaining({ httpOnly: true, sameSite: 'Strict', path: '/auth' }),
  ])
  const stored = await alice.page.evaluate(() => JSON.stringify(Object.entries(localStorage)))
  expect(stored).not.toMatch(/[0-9a-f]{64}|eyJ/)
})

test('errors stand beside the field that they are about', async ({ person, account }) => {
  await account('alice')
  const bob = await person('alice')
  await bob.open('/signup')
  await bob.page.getByLabel('Username').fill('alice')
  await bob.page.getByLabel('Email').fill('bob@example.org')
  await bob.page.getByLabel('Password').fill(PASSWORD)
  await bob.page.keyboard.press('Enter')
  const username = bob.page.getByLabel('Username')
  await expect(username).toHaveAccessibleDescription('This username is taken.')
  await expect(username).toBeFocused()
})

test('the profile changes name, mail and password, and deletes the account', async ({ person }) => {
  const alice = await person('alice')
  await alice.signUp()
  await alice.open('/profile')
  const { page } = alice
  const form = (name: string) => page.getByRole('form', { name })

  await form('Username').getByLabel('Username').fill('alicia')
  await page.keyboard.press('Enter')
  await expect(page.getByText('Saved.')).toBeVisible()

  await form('Email').getByLabel('Email').fill('alicia@example.org')
  await form('Email').getByLabel('Current password').fill('wrong password')
  await page.keyboard.press('Enter')
  await expect(form('Email').getByLabel('Current password')).toHaveAccessibleDescription(
    'This is not your current password.',
  )
  await form('Email').getByLabel('Current password').fill(PASSWORD)
  await page.keyboard.press('Enter')
  await expect(form('Email').getByLabel('Current password')).toHaveValue('')

  await form('Password').getByLabel('Current password').fill(PASSWORD)
  await form('Password').getByLabel('New password').fill('battery staple 42')
  await page.keyboard.press('Enter')
  await expect(page.getByText('Your password is changed.')).toBeVisible()

  await page.getByRole('link', { name: 'Back to the chat' }).click()
  await alice.say('called by my new name')
  await expect(alice.message('called by my new name')).toContainText('alicia')

  await alice.open('/profile')
  await page.getByRole('button', { name: 'Delete my account' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Current password').fill('battery staple 42')
  await dialog.getByRole('button', { name: 'Delete my account' }).click()
  await expect(page.getByText('Your account is deleted.')).toBeVisible()
})

test('a server that cannot be reached is said to be so', async ({ server, person }) => {
  const alice = await person('alice')
  await alice.open('/login')
  await expect(alice.page.getByLabel('Password')).toBeVisible()
  await server.kill()
  await alice.logIn()
  await expect(alice.page.getByRole('alert')).toContainText('The server cannot be reached')
})
