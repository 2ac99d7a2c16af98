import { useId } from 'react'

interface Props<T extends string> {
  label: string
  value: T
  options: Readonly<Record<T, string>>
  onChange: (value: T) => void
  /** The label is for screen readers only. */
  compact?: boolean
}

export function SelectField<T extends string>({
  label,
  value,
  options,
  onChange,
  compact = false,
}: Props<T>) {
  const id = useId()
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className={compact ? 'sr-only' : 'text-sm font-medium'}>
        {label}
      </label>
      <select
        id={id}
        value={value}
        onChange={(event) => onChange(event.target.value as T)}
        className={`rounded-lg border bg-surface px-3 text-ink ${compact ? 'min-h-9 border-line text-sm' : 'min-h-11 border-edge'}`}
      >
        {(Object.keys(options) as T[]).map((option) => (
          <option key={option} value={option}>
            {options[option]}
          </option>
        ))}
      </select>
    </div>
  )
}
