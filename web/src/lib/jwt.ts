export interface TokenTimes {
  /** Seconds between issue and expiry: a duration, so that a wrong clock here does not matter. */
  lifetimeSeconds: number
}

/** Reads the claims of a token that the server gave us. It is not verified: only the server decides by it. */
export function tokenTimes(token: string): TokenTimes {
  try {
    const payload = token.split('.')[1] ?? ''
    const json = atob(payload.replace(/-/g, '+').replace(/_/g, '/'))
    const claims = JSON.parse(json) as { iat?: number; exp?: number }
    const lifetimeSeconds = (claims.exp ?? 0) - (claims.iat ?? 0)
    return { lifetimeSeconds: Math.max(0, lifetimeSeconds) }
  } catch {
    return { lifetimeSeconds: 0 }
  }
}
