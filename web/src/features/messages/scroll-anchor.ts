/** So near the end, in pixels, one means to be at the end. */
export const NEAR_END = 40

export function isNearEnd(box: Element): boolean {
  return distanceFromEnd(box) <= NEAR_END
}

/** Places are whole pixels in some browsers and fractions in others. */
export function cannotGoDown(box: Element): boolean {
  return distanceFromEnd(box) <= 1
}

/** Changes when a place in the box may have to be found again. */
export function sizeOf(box: Element): string {
  return `${box.scrollHeight} ${box.clientHeight} ${box.clientWidth}`
}

/** The first row of the log that is in sight, and the last whose end is; null where there is none. */
export function seqsInSight(box: Element): { first: number | null; last: number | null } {
  const rows = [...box.querySelectorAll('[data-seq]')]
  const { top, bottom } = box.getBoundingClientRect()
  const first = rows.find((row) => row.getBoundingClientRect().bottom > top)
  const last = rows.findLast((row) => row.getBoundingClientRect().bottom <= bottom + 1)
  return { first: seqOf(first), last: seqOf(last) }
}

function seqOf(row: Element | undefined): number | null {
  const seq = row?.getAttribute('data-seq')
  return seq ? Number(seq) : null
}

function distanceFromEnd({ scrollHeight, scrollTop, clientHeight }: Element): number {
  return scrollHeight - scrollTop - clientHeight
}
