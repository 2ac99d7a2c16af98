import { type InputHTMLAttributes, useEffect, useRef } from 'react'

interface Props extends InputHTMLAttributes<HTMLInputElement> {
  label: string
  /** Takes the focus when it appears. */
  focused?: boolean
}

/** A text field that finds something: what it is for is said to screen readers and by its placeholder. */
export function SearchField({ label, focused, className = '', ...rest }: Props) {
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (focused) input.current?.focus()
  }, [focused])
  return (
    <input
      ref={input}
      type="text"
      enterKeyHint="search"
      aria-label={label}
      placeholder={label}
      className={`min-h-11 w-full rounded-lg border border-edge bg-surface px-3 py-2 text-base text-ink placeholder:text-muted ${className}`}
      {...rest}
    />
  )
}
