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
  before(roomId: number, seq: number, limit?: number): Promise<Page>
  after(roomId: number, seq: number, limit?: number): Promise<Page>
}

/** Catching up, and going far back, read in the largest pages that the server gives. */
export const LARGEST_PAGE = 200

export const httpPages: Pages = {
  newest: (roomId) => read(roomId, {}),
  before: (roomId, before, limit = 100) => read(roomId, { before, limit }),
  after: (roomId, after, limit = LARGEST_PAGE) => read(roomId, { after, limit }),
}

async function read(
  roomId: number,
  query: { before?: number; after?: number; limit?: number },
): Promise<Page> {
  const { data, header } = await call('get', '/messages/{roomId}', { path: { roomId }, query })
  return { messages: data, hasMore: header('x-has-more') === 'true' }
}
