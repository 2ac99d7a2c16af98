import type { ButtonHTMLAttributes } from 'react'

const looks = {
  primary: 'bg-accent text-white hover:bg-accent-strong',
  quiet: 'border border-line bg-surface text-ink hover:bg-hover',
  danger: 'bg-danger text-white hover:opacity-90',
  caution: 'border border-line bg-surface text-danger-ink hover:bg-danger-soft',
  plain: 'text-link hover:bg-hover',
}

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: keyof typeof looks
  busy?: boolean
}

export function Button({ look = 'primary', busy = false, className = '', ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      aria-busy={busy || undefined}
      className={`inline-flex min-h-10 items-center justify-center gap-2 rounded-lg px-4 py-2 text-sm font-semibold transition-colors disabled:opacity-60 aria-busy:opacity-70 ${looks[look]} ${className}`}
      {...rest}
    />
  )
}
