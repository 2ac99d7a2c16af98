const RETRY_MS = 2000

/**
 * Loads a part of the app. While the server is away it waits for it; when the server answers and the part is still
 * not there, another version of the app was installed: it rejects, and only a reload helps.
 */
export async function loadChunk<T>(load: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await load()
    } catch {
      if (await isReachable()) return load()
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
    }
  }
}

async function isReachable(): Promise<boolean> {
  try {
    return (await fetch('/health', { cache: 'no-store' })).ok
  } catch {
    return false
  }
}
