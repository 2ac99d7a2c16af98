import type { ReactNode } from 'react'

import { useTexts } from '@/i18n/language'
import { useSubmit } from '@/lib/use-submit'

import { Button } from './button'
import { Dialog } from './dialog'
import { Form } from './form'

interface Props {
  title: string
  confirmLabel: string
  onConfirm: () => Promise<unknown>
  onClose: () => void
  disabled?: boolean
  children: ReactNode
}

/** Asks before something that cannot be taken back. */
export function ConfirmDialog(props: Props) {
  const { title, confirmLabel, onConfirm, onClose, disabled, children } = props
  const t = useTexts()
  const submission = useSubmit(onConfirm)
  return (
    <Dialog title={title} onClose={onClose}>
      <Form submission={submission}>
        {children}
        <div className="flex flex-wrap justify-end gap-2">
          <Button look="quiet" onClick={onClose}>
            {t.common.cancel}
          </Button>
          <Button type="submit" look="danger" busy={submission.busy} disabled={disabled}>
            {confirmLabel}
          </Button>
        </div>
      </Form>
    </Dialog>
  )
}
