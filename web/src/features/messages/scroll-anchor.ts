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

const STILL_FRAMES = 4
const FRAMES_MAX = 60

/** Runs once nothing has moved or grown for some frames, or after a second. */
export function whenStill(box: Element, run: () => void): void {
  let seen = ''
  let still = 0
  let frames = 0
  const look = () => {
    const now = `${box.scrollTop} ${sizeOf(box)}`
    still = now === seen ? still + 1 : 0
    seen = now
    frames += 1
    if (still >= STILL_FRAMES || frames >= FRAMES_MAX) run()
    else requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
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
