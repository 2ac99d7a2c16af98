/** For comparing as people do: without case and accents. */
export function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
}

/** How well `query` finds `text`, higher is better: at its start, at a word's start, within, scattered; 0: not at all. */
export function matchRank(text: string, query: string): number {
  const folded = fold(text)
  const wanted = fold(query.trim())
  if (wanted === '' || folded === wanted) return 5
  if (folded.startsWith(wanted)) return 4
  const at = folded.indexOf(wanted)
  if (at > 0) return /[^\p{L}\p{N}]/u.test(folded.charAt(at - 1)) ? 3 : 2
  return isScattered(folded, wanted) ? 1 : 0
}

/** All letters in this order, with others between them. */
function isScattered(text: string, query: string): boolean {
  let at = 0
  for (const letter of query) {
    at = text.indexOf(letter, at) + 1
    if (at === 0) return false
  }
  return true
}
