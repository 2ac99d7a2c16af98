import { QueryClient } from '@tanstack/react-query'

import { fetchBody } from '@/api/client'
import { session } from '@/api/session'
import type { Account, ServerEvent } from '@/api/types'
import { socketUrl } from '@/lib/env'
import { Failure, failureOf } from '@/lib/failure'

import { Keeper } from './keeper'
import { keys } from './keys'
import { Outbox } from './outbox'
import { seqInLog } from './own-message'
import { httpPages } from './pages'
import { ReadMarker } from './read-marker'
import type { RoomLog } from './room-log'
import { ChatSocket } from './socket'
import { Sync } from './sync'

/** Everything that lives as long as a user is signed in: the cache, the connection, what waits to be sent. */
export interface Live {
  queries: QueryClient
  socket: ChatSocket
  sync: Sync
  outbox: Outbox
  reads: ReadMarker
  keeper: Keeper
  start: () => () => void
}

export function createLive(me: Account): Live {
  const queries = createQueries(() => socket.state.get() === 'connected')
  const isSignedIn = () => session.userId() === me.id
  // Somebody else may have signed in since, in this tab or in another: nothing is sent under their name.
  const asMe = async <T>(ask: () => Promise<T>) => {
    if (!isSignedIn()) throw new Failure('UNAUTHORIZED', { status: 401 })
    return ask()
  }
  const keeper = new Keeper({ queries, me: me.id, isSignedIn })
  const sync = new Sync(queries, me.id, httpPages, (roomId) => outbox.settle(roomId))
  const socket: ChatSocket = new ChatSocket({
    url: socketUrl,
    token: async (fresh) => {
      if (fresh) await session.refresh()
      const token = await session.accessToken()
      return asMe(() => Promise.resolve(token))
    },
    onEvent: (event: ServerEvent) => {
      if (event.type === 'system') keeper.connected(event.rooms)
      sync.handle(event)
      outbox.handle(event)
    },
    onRevoked: () => session.end('revoked'),
  })
  const outbox: Outbox = new Outbox({
    queries,
    me: me.id,
    sendAction: (action) => socket.send(action),
    isConnected: () => socket.state.get() === 'connected',
    post: ({ roomId, content, clientMessageId }) =>
      asMe(() =>
        fetchBody('post', '/messages/{roomId}', {
          path: { roomId },
          body: { content, clientMessageId },
        }),
      ),
    onPosted: (message) => sync.handle({ type: 'message', roomId: message.roomId, message }),
    onStored: (roomId, seq) => sync.logs.hear(roomId, seq),
    seqInLog: (entry) =>
      seqInLog(queries.getQueryData<RoomLog>(keys.log(entry.roomId)), me.id, entry),
    reached: (roomId) => sync.logs.reached(roomId) ?? 0,
  })
  const reads = new ReadMarker({
    post: (roomId, seq) =>
      asMe(() => fetchBody('post', '/rooms/{id}/read', { path: { id: roomId }, body: { seq } })),
    onSeen: (roomId, seq) => sync.rooms.markRead(roomId, seq),
  })
  const live = { queries, socket, sync, outbox, reads, keeper }
  return { ...live, start: () => start(live) }
}

function start({ socket, sync, outbox, reads, keeper }: Omit<Live, 'start'>): () => void {
  let wasConnected = false
  const stopKeeper = keeper.start()
  const stopOutbox = outbox.start()
  const stopLeaves = sync.news.leaves.start()
  const stopListening = socket.state.subscribe(() => {
    const isConnected = socket.state.get() === 'connected'
    if (isConnected === wasConnected) return
    wasConnected = isConnected
    if (!isConnected) sync.logs.lost()
    outbox.connectionChanged()
  })
  socket.start()
  return () => {
    stopListening()
    socket.stop()
    sync.logs.stop()
    reads.stop()
    stopOutbox()
    stopKeeper()
    stopLeaves()
  }
}

function createQueries(isConnected: () => boolean): QueryClient {
  const queries = new QueryClient({
    defaultOptions: {
      queries: {
        // Events keep the cache current; `navigator.onLine` knows nothing of a server on the local network.
        staleTime: Infinity,
        networkMode: 'always',
        // Without a connection its return asks again for what failed.
        retry: (count, error) => failureOf(error).isUnreachable && isConnected() && count < 3,
      },
      mutations: { networkMode: 'always' },
    },
  })
  // Compared by reference: a long log would be walked through on every event.
  queries.setQueryDefaults(keys.logs, { structuralSharing: false, gcTime: 30 * 60_000 })
  queries.setQueryDefaults(keys.outbox, { structuralSharing: false, gcTime: Infinity })
  return queries
}
