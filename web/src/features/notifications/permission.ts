import { useSyncExternalStore } from 'react'

/** `unavailable`: the browser has none, or none over plain http. */
export type Permission = NotificationPermission | 'unavailable'

export function permission(): Permission {
  if (!window.isSecureContext || !('Notification' in window)) return 'unavailable'
  return Notification.permission
}

/** The browser asks once, and only when one has just pressed something. */
export async function askPermission(): Promise<Permission> {
  if (permission() === 'default') await Notification.requestPermission()
  return permission()
}

function subscribe(listener: () => void): () => void {
  // It is changed in the browser's own settings, away from this page.
  window.addEventListener('focus', listener)
  return () => window.removeEventListener('focus', listener)
}

export function usePermission(): Permission {
  return useSyncExternalStore(subscribe, permission)
}
