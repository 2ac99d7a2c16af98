import { useState } from 'react'

import { type Failure, failureOf } from './failure'

export interface Submission {
  submit: () => void
  busy: boolean
  failure: Failure | null
}

/** One request at a time: runs `task`, and keeps why it failed until it is tried again. */
export function useSubmit(task: () => Promise<unknown>): Submission {
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<Failure | null>(null)
  const submit = () => {
    if (busy) return
    setBusy(true)
    setFailure(null)
    task()
      .catch((error: unknown) => setFailure(failureOf(error)))
      .finally(() => setBusy(false))
  }
  return { submit, busy, failure }
}
