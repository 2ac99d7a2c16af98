import { hueOf, initials } from '@/lib/text'

const sizes = { small: 'size-7 text-[0.65rem]', medium: 'size-9 text-xs' }

/** Initials on a colour that follows from the id. The name stands beside it, so it says nothing itself. */
export function Avatar({
  id,
  name,
  size = 'medium',
}: {
  id: string
  name: string
  size?: keyof typeof sizes
}) {
  return (
    <span
      aria-hidden
      style={{ backgroundColor: `oklch(0.47 0.11 ${hueOf(id)})` }}
      className={`inline-flex shrink-0 items-center justify-center rounded-full font-semibold text-white select-none ${sizes[size]}`}
    >
      {initials(name)}
    </span>
  )
}
