import type { Page } from '@playwright/test'

/** What the page notes while it is measured; the product knows nothing of it. */
interface Probe {
  /** The text that is waited for, and since when: from Enter, or from the socket. */
  awaited: { text: string; startedAt: number | null } | null
  /** Milliseconds until the awaited texts were in the page. */
  delays: number[]
  /** Durations of key presses as the browser tells them, from 16 ms on. */
  keyDurations: number[]
  frames: number[]
}

declare global {
  interface Window {
    probe: Probe
  }
}

/** Before anything of the page runs. */
export async function install(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const probe: Probe = { awaited: null, delays: [], keyDurations: [], frames: [] }
    window.probe = probe
    const begin = () => {
      if (probe.awaited) probe.awaited.startedAt ??= performance.now()
    }
    window.addEventListener('keydown', ({ key }) => key === 'Enter' && begin(), { capture: true })
    // Added before the page adds its own, so it is called first.
    window.WebSocket = class extends WebSocket {
      constructor(url: string | URL, protocols?: string | string[]) {
        super(url, protocols)
        this.addEventListener('message', ({ data }) => {
          const text = probe.awaited?.text
          const isMessage = String(data).startsWith('{"type":"message"')
          if (isMessage && text && String(data).includes(text)) begin()
        })
      }
    }
    new MutationObserver((mutations) => {
      const { awaited } = probe
      if (awaited?.startedAt == null) return
      const isThere = mutations.some(({ addedNodes }) =>
        [...addedNodes].some((node) => node.textContent?.includes(awaited.text)),
      )
      if (!isThere) return
      probe.delays.push(performance.now() - awaited.startedAt)
      probe.awaited = null
    }).observe(document, { subtree: true, childList: true })
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        if (entry.name === 'keydown') probe.keyDurations.push(entry.duration)
      }
    }).observe({ type: 'event', durationThreshold: 16 } as PerformanceObserverInit)
  })
}

/** Does something that makes the text appear, and waits until it has. */
export async function timed(page: Page, text: string, run: () => Promise<unknown>): Promise<void> {
  await page.evaluate((awaited) => (window.probe.awaited = awaited), { text, startedAt: null })
  await run()
  await page.waitForFunction(() => window.probe.awaited === null)
}

export async function takeDelays(page: Page): Promise<number[]> {
  return page.evaluate(() => window.probe.delays.splice(0))
}

/** Key presses shorter than the browser tells count with the shortest that it tells. */
export async function takeKeyDurations(page: Page, count: number): Promise<number[]> {
  const told = await page.evaluate(() => window.probe.keyDurations.splice(0))
  const untold = Array.from({ length: Math.max(0, count - told.length) }, () => 16)
  return [...told, ...untold]
}

/** The times between frames while something runs. */
export async function frameTimes(page: Page, run: () => Promise<unknown>): Promise<number[]> {
  await page.evaluate(() => {
    const { probe } = window
    probe.frames = []
    let last: number | null = null
    const frame = (now: number) => {
      if (last !== null) probe.frames.push(now - last)
      last = now
      if (window.probe === probe) requestAnimationFrame(frame)
    }
    requestAnimationFrame(frame)
  })
  await run()
  return page.evaluate(() => {
    const { frames } = window.probe
    // Another object ends the loop.
    window.probe = { ...window.probe }
    return frames
  })
}
