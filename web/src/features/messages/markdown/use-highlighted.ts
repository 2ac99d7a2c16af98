import { useEffect, useMemo } from 'react'
import type { ThemedToken } from 'shiki/core'

import { loadChunk } from '@/lib/load-chunk'
import { Observable } from '@/lib/observable'
import { useObservable } from '@/lib/use-observable'

import { knownLanguage } from './languages'

type Highlight = (code: string) => ThemedToken[][]

const ready = new Observable<ReadonlyMap<string, Highlight>>(new Map())
const asked = new Set<string>()

/** The lines of the code in coloured pieces; null while its language loads, and where none is known. */
export function useHighlighted(code: string, name: string): ThemedToken[][] | null {
  const language = knownLanguage(name)
  const highlight = useObservable(ready).get(language ?? '')
  useEffect(() => {
    if (language !== null) void load(language)
  }, [language])
  return useMemo(() => highlight?.(code) ?? null, [highlight, code])
}

async function load(language: string): Promise<void> {
  if (asked.has(language)) return
  asked.add(language)
  try {
    const { highlighterFor } = await loadChunk(() => import('./highlighter'))
    const highlight = await loadChunk(() => highlighterFor(language))
    ready.set(new Map(ready.get()).set(language, highlight))
  } catch {
    // Without colours the code is as readable; the next block asks again.
    asked.delete(language)
  }
}
