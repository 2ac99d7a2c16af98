import { Volume2 } from 'lucide-react'
import { useState } from 'react'

import { useTexts } from '@/i18n/language'
import { useObservable } from '@/lib/use-observable'
import { Button } from '@/ui/button'
import { SwitchField } from '@/ui/switch-field'

import { wantsNotifications, wantsSound } from './choices'
import { askPermission, usePermission } from './permission'
import { playSound } from './sound'

export function NotificationSettings() {
  const t = useTexts()
  const known = usePermission()
  // The answer comes without an event.
  const [, setAsked] = useState(0)
  const isChosen = useObservable(wantsNotifications)
  const hasSound = useObservable(wantsSound)
  const isPossible = known === 'granted' || known === 'default'

  const choose = async (value: boolean) => {
    const isAllowed = !value || (await askPermission()) === 'granted'
    if (isAllowed) wantsNotifications.choose(value)
    setAsked((count) => count + 1)
  }
  return (
    <div className="flex flex-col gap-4">
      <SwitchField
        label={t.notifications.label}
        hint={isPossible ? t.notifications.hint : t.notifications[known]}
        checked={isChosen && known === 'granted'}
        disabled={!isPossible}
        onChange={(value) => void choose(value)}
      />
      <SwitchField
        label={t.notifications.sound}
        hint={t.notifications.soundHint}
        checked={hasSound}
        onChange={(value) => wantsSound.choose(value)}
      />
      <Button look="quiet" className="self-start" onClick={() => playSound()}>
        <Volume2 aria-hidden size={16} />
        {t.notifications.test}
      </Button>
    </div>
  )
}
