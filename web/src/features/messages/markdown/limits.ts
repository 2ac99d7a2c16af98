// Text that nobody writes, and that takes the parser, or the page, far too long.
const deep = /^(?:[ \t]*(?:>|[-+*](?=[ \t]|$)|\d{1,9}[.)](?=[ \t]|$))){11}/mu
const limits: [pattern: RegExp, max: number][] = [
  [/\*+|_+|[[@]/gu, 500],
  [/\|/gu, 800],
  [/^[ \t]*(?:[->+*#]|~~~|```|\d+[.)])|\n\n/gmu, 250],
  [/\n/gu, 700],
]
const CELLS_MAX = 1500

/** Whether a text is better shown as it was typed than rendered. */
export function isTooMuch(text: string): boolean {
  return (
    deep.test(text) ||
    limits.some(([pattern, max]) => count(text, pattern) > max) ||
    cellsMax(text) > CELLS_MAX
  )
}

/** Every row of a table gets as many cells as its head has, however short it is. */
function cellsMax(text: string): number {
  const rulers = text.match(/^[-:|> \t]+$/gmu) ?? []
  const columns = Math.max(0, ...rulers.map((ruler) => count(ruler, /\|/gu)))
  return columns * count(text, /\n/gu)
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0
}
