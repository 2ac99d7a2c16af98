const factor = Number(process.env.FUZZ_FACTOR ?? 0)

/**
 * How often a property is tried: on the same inputs in every run, so that what fails is the change. `FUZZ_FACTOR=100`
 * tries a hundred times as many, others each time; a failure prints its seed.
 */
export function runs(numRuns: number): { numRuns: number; seed?: number } {
  return factor > 0 ? { numRuns: numRuns * factor } : { numRuns, seed: 7 }
}

/** For a test that tries many. */
export const FUZZ_TIMEOUT_MS = 60_000 * Math.max(1, factor)
