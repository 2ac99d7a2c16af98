import { randomId } from './ids'

interface Claim {
  kind: 'claim' | 'busy' | 'released'
  id: string
}

const ANSWER_MS = 60
const HOLDER_MS = 4000

/**
 * Runs `task` while no other tab of this origin runs one of the same name. Web Locks need https or localhost;
 * over plain http tabs agree by messages: whoever holds the lock, or claims it with a lower id, goes first.
 */
export async function withTabLock<T>(name: string, task: () => Promise<T>): Promise<T> {
  // Typed as always there, but absent over plain http.
  const locks = navigator.locks as LockManager | undefined
  if (locks) return locks.request(name, task)
  if (typeof BroadcastChannel === 'undefined') return task()

  const channel = new BroadcastChannel(`lock:${name}`)
  const id = randomId()
  try {
    while (!(await claimed(channel, id))) await released(channel)
    const stop = listen(channel, (claim) => {
      if (claim.kind === 'claim') post(channel, { kind: 'busy', id: claim.id })
    })
    try {
      return await task()
    } finally {
      stop()
      post(channel, { kind: 'released', id })
    }
  } finally {
    channel.close()
  }
}

function claimed(channel: BroadcastChannel, id: string): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (won: boolean) => {
      clearTimeout(timer)
      stop()
      resolve(won)
    }
    const timer = setTimeout(() => settle(true), ANSWER_MS)
    const stop = listen(channel, (claim) => {
      if (claim.kind === 'busy' && claim.id === id) settle(false)
      else if (claim.kind === 'claim' && claim.id < id) settle(false)
      else if (claim.kind === 'claim') post(channel, { kind: 'busy', id: claim.id })
    })
    post(channel, { kind: 'claim', id })
  })
}

/** Until the holder lets go, or has been silent for so long that its tab must be gone. */
function released(channel: BroadcastChannel): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      clearTimeout(timer)
      stop()
      resolve()
    }
    const timer = setTimeout(settle, HOLDER_MS)
    const stop = listen(channel, (claim) => {
      if (claim.kind === 'released') settle()
    })
  })
}

function listen(channel: BroadcastChannel, handle: (claim: Claim) => void): () => void {
  const listener = (event: MessageEvent<Claim>) => handle(event.data)
  channel.addEventListener('message', listener)
  return () => channel.removeEventListener('message', listener)
}

function post(channel: BroadcastChannel, claim: Claim): void {
  channel.postMessage(claim)
}
