/** What the tabs of one browser tell each other. None of them hears itself. */
export class TabChannel<News> {
  private channel: BroadcastChannel | null

  constructor(name: string, onNews: (news: News) => void) {
    this.channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(name)
    this.channel?.addEventListener('message', (event: MessageEvent<News>) => onNews(event.data))
  }

  say(news: News): void {
    this.channel?.postMessage(news)
  }

  close(): void {
    this.channel?.close()
    this.channel = null
  }
}
