import { expect, type Page } from '@playwright/test'

/** Until the service worker holds the app. */
export async function appIsKept(page: Page): Promise<void> {
  await page.evaluate(async () => (await navigator.serviceWorker.ready).scope)
  await expect.poll(() => cachedPaths(page)).toContain('/env.js')
}

/** The paths of everything that the browser's caches hold. */
export async function cachedPaths(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const names = await caches.keys()
    const held = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()))
    return held.flat().map((request) => new URL(request.url).pathname)
  })
}

/** What the browser remembers of the chat, as one text. */
export async function remembered(page: Page, store: 'rooms' | 'logs' | 'outbox'): Promise<string> {
  return page.evaluate(async (name) => {
    const settled = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(new Error(name))
      })
    const database = await settled(indexedDB.open('cloud-chat'))
    const all = await settled(database.transaction(name).objectStore(name).getAll())
    database.close()
    return JSON.stringify(all)
  }, store)
}
