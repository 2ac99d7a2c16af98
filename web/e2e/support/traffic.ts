import type { Page } from '@playwright/test'

const LINES_MAX = 300
const LINE_MAX = 200

/** What pages and the server told each other, without what is secret: shown when a test fails. */
export class Traffic {
  private readonly lines: string[] = []
  private readonly begun = Date.now()

  follow(page: Page, name: string): void {
    const tell = (line: string) => {
      const at = ((Date.now() - this.begun) / 1000).toFixed(2)
      this.lines.push(`${at} ${name} ${line.slice(0, LINE_MAX)}`)
      if (this.lines.length > LINES_MAX) this.lines.shift()
    }
    page.on('websocket', (socket) => {
      tell('socket opens')
      socket.on('framesent', ({ payload }) => tell(`> ${payload.toString()}`))
      socket.on('framereceived', ({ payload }) => tell(`< ${payload.toString()}`))
      socket.on('close', () => tell('socket closed'))
    })
    page.on('response', (response) => {
      const { pathname, search } = new URL(response.url())
      if (!/\.\w+$/.test(pathname)) {
        tell(`${response.request().method()} ${pathname}${search} ${response.status()}`)
      }
    })
    page.on('requestfailed', (request) => {
      const why = request.failure()?.errorText ?? ''
      tell(`${request.method()} ${new URL(request.url()).pathname} failed: ${why}`)
    })
  }

  toString(): string {
    return this.lines.join('\n')
  }
}
