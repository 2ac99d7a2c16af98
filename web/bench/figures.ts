import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Figure {
  name: string
  value: number
  /** Points are the better the more, times and shares the fewer. */
  unit: 'ms' | '%' | 'points'
  /** As high as the figure may be, or as low where it counts points; absent where there is no goal. */
  goal?: number
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? NaN
}

export function isMissed({ value, unit, goal }: Figure): boolean {
  if (goal === undefined) return false
  return unit === 'points' ? !(value >= goal) : !(value <= goal)
}

/** Prints all, and says which goals are missed; also as JSON into the folder `BENCH_JSON`. */
export function report(topic: string, figures: readonly Figure[]): void {
  const width = Math.max(...figures.map(({ name }) => name.length))
  const lines = figures.map((figure) => {
    const { name, value, unit, goal } = figure
    const goalText = goal === undefined ? '' : `goal ${goal} ${unit}`
    const verdict = goal === undefined ? '' : isMissed(figure) ? 'MISSED' : 'reached'
    return `${name.padEnd(width)}  ${value.toFixed(1).padStart(8)} ${unit.padEnd(6)}  ${goalText.padEnd(14)}  ${verdict}`
  })
  process.stdout.write(`\n${lines.map((line) => line.trimEnd()).join('\n')}\n\n`)
  const folder = process.env.BENCH_JSON
  if (folder) writeFileSync(join(folder, `${topic}.json`), JSON.stringify(figures, null, 2) + '\n')
}
