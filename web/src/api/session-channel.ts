import type { EndReason } from './session-state'
import type { SessionTokens } from './types'

type News = { kind: 'tokens'; tokens: SessionTokens } | { kind: 'ended'; because: EndReason }

/** What the tabs of one browser tell each other about their session. */
export class SessionChannel {
  private readonly channel =
    typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('session')

  constructor(handlers: {
    onTokens: (tokens: SessionTokens) => void
    onEnded: (because: EndReason) => void
  }) {
    this.channel?.addEventListener('message', (event: MessageEvent<News>) => {
      if (event.data.kind === 'tokens') handlers.onTokens(event.data.tokens)
      else handlers.onEnded(event.data.because)
    })
  }

  sayTokens(tokens: SessionTokens): void {
    this.channel?.postMessage({ kind: 'tokens', tokens } satisfies News)
  }

  sayEnded(because: EndReason): void {
    this.channel?.postMessage({ kind: 'ended', because } satisfies News)
  }
}
