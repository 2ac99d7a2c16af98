import { expect, test } from './support/test'

test('after the server was killed and came back nothing is missing, in order', async ({
  server,
  person,
  account,
}) => {
  const alice = await person('alice')
  await alice.signUp()
  const bob = await account('bob')
  const general = await bob.general()
  await bob.send(general.id, 'before 1')
  await alice.sees('before 1')

  await server.kill()
  await expect(alice.page.getByText(/No connection\. Trying again/)).toBeVisible()
  await server.run()
  for (let n = 1; n <= 250; n += 1) await bob.send(general.id, `meanwhile ${n}`)

  await alice.sees('meanwhile 250')
  await expect(alice.page.getByText(/No connection\./)).toHaveCount(0)
  await bob.send(general.id, 'after 1')
  await alice.sees('after 1')
  const expected = ['before 1', ...Array.from({ length: 250 }, (_, n) => `meanwhile ${n + 1}`)]
  expect(await alice.shown()).toEqual([...expected, 'after 1'])
})

test('what happened while the browser was offline is there when it is back', async ({
  person,
  account,
}) => {
  const alice = await person('alice')
  await alice.signUp()
  const bob = await account('bob')
  const general = await bob.general()
  await bob.send(general.id, 'first')
  await alice.sees('first')
  // The switch cuts no open socket: a page that is loaded offline has none.
  const garden = await bob.createRoom('Garden')
  await alice.page.context().setOffline(true)
  await bob.request('POST', `/rooms/${garden.id}/add-member`, { username: 'alice' })
  await bob.send(general.id, 'second')
  await alice.page.context().setOffline(false)
  await alice.sees('second')
  await expect(alice.room('Garden')).toBeVisible()
})

test('a message written while the server is away is sent once when it is back', async ({
  server,
  person,
  account,
}) => {
  const alice = await person('alice')
  await alice.signUp()
  const bob = await account('bob')
  const general = await bob.general()

  await server.kill()
  await alice.say('written in the dark')
  await alice.say('and a second one')
  await expect(alice.message('written in the dark')).toContainText('Waiting for the connection')
  // While it is away for certain: once it is back the message may be gone from the waiting ones before a click.
  await alice.message('written in the dark').getByRole('button', { name: 'Send again' }).click()
  await server.run()

  await expect(alice.page.getByText('Waiting for the connection')).toHaveCount(0)
  await expect(alice.page.getByText('Sending…')).toHaveCount(0)
  const sent = ['written in the dark', 'and a second one']
  expect(await alice.shown()).toEqual(sent)
  expect((await bob.history(general.id)).map((message) => message.content)).toEqual(sent)
})

test('a page opened while the server is away comes when it is back, and nothing breaks', async ({
  server,
  person,
  account,
}) => {
  // Which would have the page already.
  const alice = await person('alice', { serviceWorkers: 'block' })
  await alice.signUp()
  const bob = await account('bob')
  const general = await bob.general()
  await server.kill()
  await alice.say('before I look at my profile')
  await alice.page.getByRole('link', { name: 'Profile' }).click()
  await expect(alice.page.getByText(/No connection\. Trying again/)).toBeVisible()
  await server.run()
  await expect(alice.page.getByRole('heading', { level: 1, name: 'Profile' })).toBeVisible()
  await expect(async () => {
    expect((await bob.history(general.id)).map((message) => message.content)).toEqual([
      'before I look at my profile',
    ])
  }).toPass()
})

test('a message written while the server is away can be discarded', async ({ server, person }) => {
  const alice = await person('alice')
  await alice.signUp()
  await server.kill()
  await alice.say('better not')
  await alice.message('better not').getByRole('button', { name: 'Discard' }).click()
  await expect(alice.message('better not')).toHaveCount(0)
})

test('a message written while the server is away outlives a reload', async ({ server, person }) => {
  const alice = await person('alice')
  await alice.signUp()
  await alice.say('sent')
  await alice.sees('sent')
  await server.kill()
  await alice.say('kept')
  await expect(alice.message('kept')).toContainText('Waiting for the connection')
  await server.run()
  await alice.page.reload()
  await alice.sees('kept')
  await expect(alice.page.getByText('Sending…')).toHaveCount(0)
  expect(await alice.shown()).toEqual(['sent', 'kept'])
})

test('a message whose acknowledgement was lost is not doubled', async ({ person, account }) => {
  const alice = await person('alice')
  const bob = await account('bob')
  const general = await bob.general()
  // Acknowledgements and the message's own event are lost, then the connection.
  let loses = true
  await alice.page.routeWebSocket(/\/ws$/, (ws) => {
    const upstream = ws.connectToServer()
    upstream.onMessage((frame) => {
      const isOwn = typeof frame === 'string' && frame.includes('lost ack')
      const isAck = typeof frame === 'string' && frame.includes('"ack"')
      if (!loses || (!isOwn && !isAck)) ws.send(frame)
      else if (isAck) void ws.close({ code: 1012, reason: 'restart' })
    })
  })
  await alice.signUp()
  await alice.say('lost ack')
  await expect(alice.message('lost ack')).toBeVisible()
  loses = false
  await expect(alice.page.getByText('Sending…')).toHaveCount(0)
  await expect(alice.page.getByText('Waiting for the connection')).toHaveCount(0)
  expect(await alice.shown()).toEqual(['lost ack'])
  expect(await bob.history(general.id)).toHaveLength(1)
})

test('a refused message says why and can be sent again', async ({ person }) => {
  const alice = await person('alice')
  let refuses = true
  await alice.page.routeWebSocket(/\/ws$/, (ws) => {
    const upstream = ws.connectToServer()
    ws.onMessage((frame) => {
      const action = JSON.parse(String(frame)) as { action: string; clientMessageId?: string }
      if (!refuses || action.action !== 'sendMessage') {
        upstream.send(frame)
        return
      }
      const { clientMessageId } = action
      const error = { type: 'error', code: 'BAD_REQUEST', message: 'No.', clientMessageId }
      ws.send(JSON.stringify(error))
    })
  })
  await alice.signUp()
  await alice.say('please')
  await expect(alice.message('please')).toContainText('Not sent. The server refused this.')
  refuses = false
  await alice.message('please').getByRole('button', { name: 'Send again' }).click()
  await expect(alice.message('please')).not.toContainText('Not sent')
  expect(await alice.shown()).toEqual(['please'])
})
