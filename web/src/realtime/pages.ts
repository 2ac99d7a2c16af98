import { call } from '@/api/client'
import type { Message } from '@/api/types'

export interface Page {
  /** Ascending by `seq`. */
  messages: Message[]
  /** More in the direction that was asked for. */
  hasMore: boolean
}

/** How a room's log is read. */
export interface Pages {
  newest(roomId: number): Promise<Page>
  before(roomId: number, seq: number): Promise<Page>
  after(roomId: number, seq: number): Promise<Page>
}

/** Catching up reads in the largest pages that the server gives. */
const CATCH_UP_LIMIT = 200

export const httpPages: Pages = {
  newest: (roomId) => read(roomId, {}),
  before: (roomId, before) => read(roomId, { before, limit: 100 }),
  after: (roomId, after) => read(roomId, { after, limit: CATCH_UP_LIMIT }),
}

async function read(
  roomId: number,
  query: { before?: number; after?: number; limit?: number },
): Promise<Page> {
  const { data, header } = await call('get', '/messages/{roomId}', { path: { roomId }, query })
  return { messages: data, hasMore: header('x-has-more') === 'true' }
}
