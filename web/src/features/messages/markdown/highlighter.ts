import { createCssVariablesTheme, createHighlighterCore, type ThemedToken } from 'shiki/core'
import { createJavaScriptRegexEngine } from 'shiki/engine/javascript'

import { loadLanguage } from './languages'

// The colours are variables of the page's style: a change of theme needs no new tokens.
const theme = createCssVariablesTheme({ name: 'page', variablePrefix: '--code-' })

const highlighter = await createHighlighterCore({
  themes: [theme],
  engine: createJavaScriptRegexEngine({ forgiving: true }),
})

/** Makes a language ready, and gives what colours code in it. */
export async function highlighterFor(language: string): Promise<(code: string) => ThemedToken[][]> {
  const registration = await loadLanguage(language)
  await highlighter.loadLanguage(registration)
  return (code) =>
    highlighter.codeToTokensBase(code, {
      lang: language,
      theme: 'page',
      // Long lines are data, and nobody waits for their colours.
      tokenizeMaxLineLength: 1000,
      // The first line waits for the whole language to be made ready, on a slow machine for long.
      tokenizeTimeLimit: 3000,
    })
}
