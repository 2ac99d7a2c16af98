import { useState } from 'react'

import { failureText } from '@/i18n/failure-text'
import { useTexts } from '@/i18n/language'
import type { Failure } from '@/lib/failure'
import { useSecondsUntil } from '@/lib/use-seconds-until'

import { Alert } from './alert'

/** What went wrong; where the server says how long to wait, the seconds that are left. */
export function FailureAlert({ failure }: { failure: Failure }) {
  const t = useTexts()
  const { retryAfterSeconds } = failure.details
  return (
    <Alert>
      {retryAfterSeconds ? (
        <>
          {/* Said once: the seconds that are left are for the eye. */}
          <span className="sr-only">{failureText(t, failure)}</span>
          <span aria-hidden>
            <Remaining failure={failure} seconds={retryAfterSeconds} />
          </span>
        </>
      ) : (
        failureText(t, failure)
      )}
    </Alert>
  )
}

function Remaining({ failure, seconds }: { failure: Failure; seconds: number }) {
  const t = useTexts()
  const [until] = useState(() => Date.now() + seconds * 1000)
  const left = useSecondsUntil(until)
  return left > 0 ? failureText(t, failure, left) : t.waitOver
}
