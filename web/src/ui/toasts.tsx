import { X } from 'lucide-react'

import { useTexts } from '@/i18n/language'
import { useObservable } from '@/lib/use-observable'

import { Button } from './button'
import { IconButton } from './icon-button'
import { dismissToast, toasts } from './toast-store'

export function Toasts() {
  const t = useTexts()
  const shown = useObservable(toasts)
  return (
    <div role="status" className="flex flex-col items-center gap-2">
      {shown.map(({ id, text, isError, action }) => (
        <div
          key={id}
          className={`pointer-events-auto flex max-w-md items-center gap-2 rounded-xl border py-1 pr-1 pl-4 text-sm shadow-raised ${isError ? 'border-danger-ink bg-danger-soft text-danger-ink' : 'border-line bg-raised'}`}
        >
          <span className="wrap-anywhere">{text}</span>
          {action && (
            <Button
              look="plain"
              onClick={() => {
                dismissToast(id)
                action.run()
              }}
            >
              {action.label}
            </Button>
          )}
          <IconButton icon={X} label={t.common.dismiss} onClick={() => dismissToast(id)} />
        </div>
      ))}
    </div>
  )
}
