import {
  type InputHTMLAttributes,
  type ReactNode,
  type Ref,
  useEffect,
  useId,
  useImperativeHandle,
  useRef,
} from 'react'

/** What can be given the focus. */
export interface Focusable {
  focus: () => void
}

interface Props extends InputHTMLAttributes<HTMLInputElement> {
  label: string
  hint?: string
  error?: string | null
  /** Takes the focus when it appears. */
  focused?: boolean
  /** Stands behind the input, on its line. */
  action?: ReactNode
  ref?: Ref<Focusable>
}

export function TextField(props: Props) {
  const { label, hint, error, focused, action, ref, className = '', ...rest } = props
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  useImperativeHandle(ref, () => ({ focus: () => input.current?.focus() }))
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
