declare global {
  interface Window {
    /** Set by `/env.js`, which the server makes from its configuration. */
    ENV?: { API_BASE_URL?: string; WS_ENDPOINT?: string }
  }
}

/** Where the HTTP API is; empty: the origin of this page. */
export function apiBaseUrl(): string {
  return (window.ENV?.API_BASE_URL ?? '').replace(/\/+$/, '')
}

/** Only then can the refresh token live in a cookie that no script reads. */
export function isSameOrigin(): boolean {
  return new URL(apiBaseUrl() || '/', location.href).origin === location.origin
}

export function socketUrl(): string {
  const url = new URL(window.ENV?.WS_ENDPOINT ?? '', new URL('/ws', location.href))
  url.protocol = url.protocol.replace('http', 'ws')
  return url.href
}
