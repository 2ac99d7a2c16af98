/** A message and how far below the top of the box it ended. Its end, as a name above it may come and go. */
export interface Anchor {
  row: Element
  offset: number
}

/** So near the end, in pixels, one means to be at the end. */
const NEAR_END = 40

export function isNearEnd(box: Element): boolean {
  return box.scrollHeight - box.scrollTop - box.clientHeight <= NEAR_END
}

/** Changes when a place in the box may have to be found again. */
export function sizeOf(box: Element): string {
  return `${box.scrollHeight} ${box.clientHeight} ${box.clientWidth}`
}

/** The first message that is in sight; lines between messages move with what is loaded. */
export function anchorOf(box: Element, content: Element): Anchor | null {
  const rows = content.querySelectorAll('article')
  const top = box.getBoundingClientRect().top
  const row = rows[firstIndex(rows, (one) => one.getBoundingClientRect().bottom > top)]
  return row ? { row, offset: offsetOf(box, row) } : null
}

/** The last row of the log whose end is in sight. */
export function lastSeenSeq(box: Element): number | null {
  const rows = box.querySelectorAll('[data-seq]')
  const bottom = box.getBoundingClientRect().bottom + 1
  const beyond = firstIndex(rows, (one) => one.getBoundingClientRect().bottom > bottom)
  const seq = rows[beyond - 1]?.getAttribute('data-seq')
  return seq ? Number(seq) : null
}

export function offsetOf(box: Element, row: Element): number {
  return row.getBoundingClientRect().bottom - box.getBoundingClientRect().top
}

/** Rows stand in order, so the first that passes is found by halving. */
function firstIndex(rows: NodeListOf<Element>, passes: (row: Element) => boolean): number {
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >> 1
    const row = rows[middle]
    if (row && passes(row)) high = middle
    else low = middle + 1
  }
  return low
}
