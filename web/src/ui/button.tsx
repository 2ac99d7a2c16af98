import type { ButtonHTMLAttributes } from 'react'

const action = 'justify-center gap-2 px-4 font-semibold'

const looks = {
  primary: `${action} bg-accent text-white hover:bg-accent-strong`,
  quiet: `${action} border border-line bg-surface text-ink hover:bg-hover`,
  danger: `${action} bg-danger text-white hover:opacity-90`,
  caution: `${action} border border-line bg-surface text-danger-ink hover:bg-danger-soft`,
  plain: `${action} text-link hover:bg-hover`,
  /** One of a list of things to do. */
  item: 'gap-3 px-3 text-left font-medium hover:bg-hover',
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
      className={`inline-flex min-h-10 items-center rounded-lg py-2 text-sm transition-colors disabled:opacity-60 aria-busy:opacity-70 ${looks[look]} ${className}`}
      {...rest}
    />
  )
}
