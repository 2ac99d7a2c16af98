import { X } from 'lucide-react'
import { useState } from 'react'

import { useTexts } from '@/i18n/language'
import { takeWaitingVersion, waitingVersion } from '@/lib/service-worker'
import { useObservable } from '@/lib/use-observable'
import { Button } from '@/ui/button'
import { IconButton } from '@/ui/icon-button'

/** Says that a new version waits. It never takes over by itself: somebody may be writing. */
export function UpdateNotice() {
  const t = useTexts()
  const version = useObservable(waitingVersion)
  const [dismissed, setDismissed] = useState<ServiceWorker | null>(null)
  return (
    <div role="status">
      {version && version !== dismissed && (
        <div className="pointer-events-auto flex items-center gap-2 rounded-xl border border-line bg-raised py-1 pr-1 pl-4 text-sm shadow-raised">
          <span>{t.updates.ready}</span>
          <Button look="plain" onClick={takeWaitingVersion}>
            {t.updates.reload}
          </Button>
          <IconButton icon={X} label={t.updates.later} onClick={() => setDismissed(version)} />
        </div>
      )}
    </div>
  )
}
