export interface TokenTimes {
  /** Seconds between issue and expiry: a duration, so that a wrong clock here does not matter. */
  lifetimeSeconds: number
}

/** Reads the claims of a token that the server gave us. It is not verified: only the server decides by it. */
export function tokenTimes(token: string): TokenTimes {
  try {
    const payload = token.split('.')[1] ?? ''
    const json = atob(payload.replace(/-/g, '+').replace(/_/g, '/'))
    const { exp, iat } = JSON.parse(json) as { iat?: unknown; exp?: unknown }
    const lifetimeSeconds = Number(exp) - Number(iat)
    return { lifetimeSeconds: Number.isFinite(lifetimeSeconds) ? Math.max(0, lifetimeSeconds) : 0 }
  } catch {
    return { lifetimeSeconds: 0 }
  }
}
