/** Web storage that may be forbidden, full or absent: then nothing is remembered and nothing breaks. */
export interface Store {
  get(key: string): string | null
  set(key: string, value: string | null): void
  keys(): string[]
}

export const localStore = storeOver(() => window.localStorage)

function storeOver(area: () => Storage): Store {
  return {
    get: (key) => attempt(() => area().getItem(key)) ?? null,
    set: (key, value) => {
      attempt(() => {
        if (value === null) area().removeItem(key)
        else area().setItem(key, value)
      })
    },
    keys: () => attempt(() => Object.keys(area())) ?? [],
  }
}

function attempt<T>(run: () => T): T | undefined {
  try {
    return run()
  } catch {
    return undefined
  }
}
