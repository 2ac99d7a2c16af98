import { Observable } from '@/lib/observable'
import { localStore } from '@/lib/storage'
import { useObservable } from '@/lib/use-observable'

import { type Dictionary, en } from './en'
import { fr } from './fr'

export const languages = { en: 'English', fr: 'Français' } as const

export type Language = keyof typeof languages

export const dictionaries: Record<Language, Dictionary> = { en, fr }

const STORAGE_KEY = 'language'

const language = new Observable<Language>(remembered() ?? preferred())
showLanguage()

export function chooseLanguage(chosen: Language): void {
  localStore.set(STORAGE_KEY, chosen)
  language.set(chosen)
  showLanguage()
}

export function useLanguage(): Language {
  return useObservable(language)
}

/** The texts in the chosen language. */
export function useTexts(): Dictionary {
  return dictionaries[useLanguage()]
}

export function isLanguage(text: string | null): text is Language {
  return text !== null && Object.hasOwn(languages, text)
}

function remembered(): Language | null {
  const stored = localStore.get(STORAGE_KEY)
  return isLanguage(stored) ? stored : null
}

/** The first of the browser's languages that is one of ours. */
function preferred(): Language {
  const tags = navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase())
  return tags.find(isLanguage) ?? 'en'
}

function showLanguage(): void {
  document.documentElement.lang = language.get()
}
