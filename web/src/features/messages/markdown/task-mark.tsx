import { Square, SquareCheck } from 'lucide-react'

import { useTexts } from '@/i18n/language'

/** Whether a task is done; it cannot be ticked here. */
export function TaskMark({ checked = false }: { checked?: boolean }) {
  const t = useTexts()
  const Icon = checked ? SquareCheck : Square
  return (
    <Icon
      role="img"
      aria-label={checked ? t.text.done : t.text.open}
      size={16}
      className="mr-1.5 inline align-text-bottom"
    />
  )
}
