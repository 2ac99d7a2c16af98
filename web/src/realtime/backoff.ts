const FIRST_MS = 500
const MAX_MS = 30_000

/** How long to wait before try number `attempt` (from 0): doubling, and never the same for everyone at once. */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  const ceiling = Math.min(MAX_MS, FIRST_MS * 2 ** attempt)
  return Math.round(ceiling * (0.5 + random() / 2))
}
