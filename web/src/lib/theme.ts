import { Observable } from './observable'
import { localStore } from './storage'

export type Theme = 'system' | 'light' | 'dark'

const STORAGE_KEY = 'theme'

export const theme = new Observable<Theme>(remembered())
show()

export function chooseTheme(chosen: Theme): void {
  localStore.set(STORAGE_KEY, chosen)
  theme.set(chosen)
  show()
}

function remembered(): Theme {
  const stored = localStore.get(STORAGE_KEY)
  return stored === 'light' || stored === 'dark' ? stored : 'system'
}

function show(): void {
  document.documentElement.dataset.theme = theme.get()
}
