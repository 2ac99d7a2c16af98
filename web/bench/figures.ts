import { writeFileSync } from 'node:fs'

export interface Figure {
  name: string
  value: number
  unit: 'ms' | '%'
  /** The figure may be as high as this; absent where there is no goal. */
  goal?: number
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? NaN
}

export function isMissed({ value, goal }: Figure): boolean {
  return goal !== undefined && !(value <= goal)
}

/** Prints all, and says which goals are missed; also as JSON where `BENCH_JSON` says. */
export function report(figures: readonly Figure[]): void {
  const width = Math.max(...figures.map(({ name }) => name.length))
  const lines = figures.map((figure) => {
    const { name, value, unit, goal } = figure
    const goalText = goal === undefined ? '' : `goal ${goal} ${unit}`
    const verdict = goal === undefined ? '' : isMissed(figure) ? 'MISSED' : 'reached'
    return `${name.padEnd(width)}  ${value.toFixed(1).padStart(8)} ${unit.padEnd(2)}  ${goalText.padEnd(12)}  ${verdict}`
  })
  process.stdout.write(`\n${lines.map((line) => line.trimEnd()).join('\n')}\n\n`)
  const path = process.env.BENCH_JSON
  if (path) writeFileSync(path, JSON.stringify(figures, null, 2) + '\n')
}
