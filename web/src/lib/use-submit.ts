import { useState } from 'react'

import { type Failure, failureOf } from './failure'

export interface Submission<Args extends unknown[] = []> {
  submit: (...args: Args) => void
  busy: boolean
  failure: Failure | null
}

/** One request at a time: runs `task`, and keeps why it failed until it is tried again. */
export function useSubmit<Args extends unknown[] = []>(
  task: (...args: Args) => Promise<unknown>,
): Submission<Args> {
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<Failure | null>(null)
  const submit = (...args: Args) => {
    if (busy) return
    setBusy(true)
    setFailure(null)
    task(...args)
      .catch((error: unknown) => setFailure(failureOf(error)))
      .finally(() => setBusy(false))
  }
  return { submit, busy, failure }
}
