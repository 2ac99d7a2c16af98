import { type InputHTMLAttributes, type ReactNode, useEffect, useId, useRef } from 'react'

interface Props extends InputHTMLAttributes<HTMLInputElement> {
  label: string
  hint?: string
  error?: string | null
  /** Takes the focus when it appears. */
  focused?: boolean
  /** Stands behind the input, on its line. */
  action?: ReactNode
}

export function TextField({ label, hint, error, focused, action, className = '', ...rest }: Props) {
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (focused) input.current?.focus()
  }, [focused])
  const note = error ?? hint
  return (
    <div className={`flex flex-col gap-1.5 ${className}`}>
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      <div className="flex gap-2">
        <input
          ref={input}
          id={id}
          aria-invalid={error ? true : undefined}
          aria-describedby={note ? `${id}-note` : undefined}
          className="min-h-11 w-full rounded-lg border border-edge bg-surface px-3 py-2 text-base text-ink placeholder:text-muted aria-invalid:border-danger-ink"
          {...rest}
        />
        {action}
      </div>
      {note && (
        <p id={`${id}-note`} className={`text-sm ${error ? 'text-danger-ink' : 'text-muted'}`}>
          {note}
        </p>
      )}
    </div>
  )
}
