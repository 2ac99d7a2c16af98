import type { ReactNode } from 'react'

import { useTexts } from '@/i18n/language'

export function ScrollingTable({ dir, children }: { dir?: string; children?: ReactNode }) {
  const t = useTexts()
  return (
    // It scrolls: it must be reachable by keyboard.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div role="group" aria-label={t.text.table} tabIndex={0} className="table-box">
      <table dir={dir}>{children}</table>
    </div>
  )
}
