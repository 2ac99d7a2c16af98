import { type ReactNode, useEffect, useRef } from 'react'

import type { Submission } from '@/lib/use-submit'

import { FailureAlert } from './failure-alert'

interface Props {
  submission: Submission
  /** The fields that say themselves what is wrong with them. */
  fields?: readonly string[]
  label?: string
  children: ReactNode
}

/** Sent with Enter. Says what went wrong, and takes the focus to the first field at fault. */
export function Form({ submission, fields = [], label, children }: Props) {
  const form = useRef<HTMLFormElement>(null)
  const { failure, submit } = submission
  useEffect(() => {
    if (failure) form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus()
  }, [failure])
  const saidByField = fields.some((field) => failure?.details.fields?.[field])
  return (
    <form
      ref={form}
      noValidate
      aria-label={label}
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      {failure && !saidByField && <FailureAlert failure={failure} />}
      {children}
    </form>
  )
}
