import { useState } from 'react'

import { failureText } from '@/i18n/failure-text'
import { useTexts } from '@/i18n/language'
import type { Failure } from '@/lib/failure'

import { Alert } from './alert'
import { Countdown } from './countdown'

/** What went wrong; where the server says how long to wait, the seconds that are left. */
export function FailureAlert({ failure }: { failure: Failure }) {
  const t = useTexts()
  const { retryAfterSeconds } = failure.details
  return (
    <Alert>
      {retryAfterSeconds ? (
        <Remaining failure={failure} seconds={retryAfterSeconds} />
      ) : (
        failureText(t, failure)
      )}
    </Alert>
  )
}

function Remaining({ failure, seconds }: { failure: Failure; seconds: number }) {
  const t = useTexts()
  const [until] = useState(() => Date.now() + seconds * 1000)
  const text = (left: number) => failureText(t, failure, left)
  return <Countdown until={until} text={text} over={t.waitOver} />
}
