import { ENV_CACHE } from './env-cache'
import { Observable } from './observable'

// The service worker keeps the app itself in the browser. It needs https or localhost; without it everything else works.

/** A version of the app that is loaded and waits to be used. */
export const waitingVersion = new Observable<ServiceWorker | null>(null)

const CHECK_MS = 60 * 60_000
/** Not on every change of window. */
const CHECK_PAUSE_MS = 60_000

/** After the page is there: the first visit is not slowed down. */
export function registerServiceWorker(): void {
  if (!import.meta.env.PROD || !window.isSecureContext || !('serviceWorker' in navigator)) return
  if (document.readyState === 'complete') void register()
  else window.addEventListener('load', () => void register(), { once: true })
}

/** Reloads with the version that waits. Other tabs are not reloaded: one may be writing there. */
export function takeWaitingVersion(): void {
  const version = waitingVersion.get()
  // Another tab has put it to use already.
  if (version?.state !== 'installed') {
    location.reload()
    return
  }
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload())
  version.postMessage({ type: 'SKIP_WAITING' })
}

async function register(): Promise<void> {
  try {
    const registration = await navigator.serviceWorker.register('/sw.js')
    offer(registration)
    registration.addEventListener('updatefound', () => follow(registration))
    follow(registration)
    lookForVersions(registration)
    await keepEnv()
  } catch {
    // Forbidden or full: the app goes on without.
  }
}

function follow(registration: ServiceWorkerRegistration): void {
  registration.installing?.addEventListener('statechange', () => offer(registration))
}

function offer({ waiting }: ServiceWorkerRegistration): void {
  // Without a controller it is the first one, which nobody has to wait for.
  if (waiting && navigator.serviceWorker.controller) waitingVersion.set(waiting)
}

function lookForVersions(registration: ServiceWorkerRegistration): void {
  let lookedAt = Date.now()
  const look = () => {
    lookedAt = Date.now()
    registration.update().catch(() => undefined)
  }
  setInterval(look, CHECK_MS)
  window.addEventListener('focus', () => {
    if (Date.now() - lookedAt > CHECK_PAUSE_MS) look()
  })
}

/** The first page was loaded without the service worker. */
async function keepEnv(): Promise<void> {
  const cache = await caches.open(ENV_CACHE)
  if (!(await cache.match('/env.js'))) await cache.add('/env.js')
}
