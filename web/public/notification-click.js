/* global addEventListener, clients */
// Imported by the service worker: where a page may show no notifications, as on Android, they belong to it.
addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(openPath(event.notification.data?.path ?? '/'))
})

async function openPath(path) {
  const windows = await clients.matchAll({ type: 'window', includeUncontrolled: true })
  // The one that had the attention last.
  const [page] = windows
  if (!page) return clients.openWindow(path)
  page.postMessage({ type: 'OPEN_PATH', path })
  return page.focus()
}
