export interface Notice {
  /** One notification for each: the next takes the place of the one before. */
  tag: string
  title: string
  body: string
  /** Where a click leads. */
  path: string
}

/** By this tab; null: by the service worker. */
const shown = new Map<string, Notification | null>()

export function showNotification(notice: Notice, onClick: () => void): void {
  const { tag, title, body, path } = notice
  // `renotify`: the next message of a room is shown as the first one was. The sound is our own, by choice.
  const options = { tag, body, icon: '/favicon.svg', silent: true, renotify: true, data: { path } }
  try {
    const notification = new Notification(title, options)
    notification.onclick = () => {
      window.focus()
      notification.close()
      onClick()
    }
    shown.set(tag, notification)
  } catch {
    // On Android only the service worker may; it opens `path` (notification-click.js).
    shown.set(tag, null)
    void registration().then((worker) => worker?.showNotification(title, options))
  }
}

export function closeNotification(tag: string): void {
  const notification = shown.get(tag)
  if (notification === undefined) return
  shown.delete(tag)
  notification?.close()
  if (notification) return
  void registration()
    .then((worker) => worker?.getNotifications({ tag }))
    .then((notifications) => notifications?.forEach((notification) => notification.close()))
}

async function registration(): Promise<ServiceWorkerRegistration | undefined> {
  // Typed as always there, but absent over plain http.
  const workers = navigator.serviceWorker as ServiceWorkerContainer | undefined
  return workers?.getRegistration()
}
