import type { QueryClient, QueryKey } from '@tanstack/react-query'

/**
 * Asks again for what has changed. A first load that is on its way may be older than the change, and the library does
 * not begin it again: its end is waited for.
 */
export async function reload(queries: QueryClient, queryKey: QueryKey): Promise<void> {
  const first = queries
    .getQueryCache()
    .findAll({ queryKey, fetchStatus: 'fetching' })
    .flatMap(({ state, promise }) => (state.data === undefined && promise ? [promise] : []))
  if (first.length > 0) await Promise.allSettled(first)
  await queries.invalidateQueries({ queryKey })
}
