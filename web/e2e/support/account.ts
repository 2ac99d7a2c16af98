import { expect } from '@playwright/test'

import type { components } from '../../src/api/schema'
import type { Server } from './server'

type Schemas = components['schemas']

/** How many requests are under way at a time. */
const SENDERS = 64

export const PASSWORD = 'correct horse 99'

/** Somebody who uses the API and no browser. */
export class Account {
  private constructor(
    private readonly server: Server,
    readonly username: string,
    readonly id: string,
    private readonly token: string,
  ) {}

  static async signUp(server: Server, username: string): Promise<Account> {
    const body = { username, email: `${username}@example.org`, password: PASSWORD }
    const answer = await fetch(`${server.url}/auth/signup`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    })
    expect(answer.status).toBe(201)
    const { user, token } = (await answer.json()) as Schemas['SessionTokens']
    return new Account(server, username, user.id, token)
  }

  async general(): Promise<Schemas['RoomSummary']> {
    return (await this.request('GET', '/rooms/general')) as Schemas['RoomSummary']
  }

  async createRoom(name: string): Promise<Schemas['Room']> {
    return (await this.request('POST', '/rooms/create', { name })) as Schemas['Room']
  }

  async send(roomId: number, content: string): Promise<Schemas['Message']> {
    return (await this.request('POST', `/messages/${roomId}`, { content })) as Schemas['Message']
  }

  /** Many, fast: in no certain order, but the first is the first and the last the last. */
  async sendMany(roomId: number, contents: readonly string[]): Promise<void> {
    const [first, ...rest] = contents
    const last = rest.pop()
    let next = 0
    const sendRest = async () => {
      for (let text = rest[next++]; text !== undefined; text = rest[next++]) {
        await this.send(roomId, text)
      }
    }
    if (first !== undefined) await this.send(roomId, first)
    await Promise.all(Array.from({ length: SENDERS }, sendRest))
    if (last !== undefined) await this.send(roomId, last)
  }

  /** The whole log of a room, from its first message. */
  async wholeHistory(roomId: number): Promise<string[]> {
    const contents: string[] = []
    for (;;) {
      const path = `/messages/${roomId}?limit=200&after=${contents.length}`
      const page = (await this.request('GET', path)) as Schemas['Message'][]
      if (page.length === 0) return contents
      contents.push(...page.map((message) => message.content))
    }
  }

  async history(roomId: number): Promise<Schemas['Message'][]> {
    return (await this.request('GET', `/messages/${roomId}?limit=200`)) as Schemas['Message'][]
  }

  async request(method: string, path: string, body?: unknown): Promise<unknown> {
    const answer = await fetch(this.server.url + path, {
      method,
      headers: {
        Authorization: `Bearer ${this.token}`,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
    // Not by `expect`, which takes longer than the request: some tests send tens of thousands.
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status}`)
    return answer.json()
  }
}
