// The policy of the page (Content-Security-Policy, Trusted Types) has the browser refuse text where it would become HTML
// or code. What the app still needs of that passes here, and nothing else does.

interface TrustedTypes {
  createPolicy: (name: string, own: typeof rules) => unknown
}

/** The Markdown parser lets the browser read one character reference at a time. */
const CHARACTER_REFERENCE = /^&[\da-z]{1,40};$/iu

/** `null`: refused. */
export const rules = {
  createHTML: (html: string) => (CHARACTER_REFERENCE.test(html) ? html : null),
  createScriptURL: (url: string) => (url === '/sw.js' ? url : null),
}

/** Before anything else asks; browsers without Trusted Types need none. */
export function guardSinks(): void {
  const { trustedTypes } = window as { trustedTypes?: TrustedTypes }
  trustedTypes?.createPolicy('default', rules)
}
