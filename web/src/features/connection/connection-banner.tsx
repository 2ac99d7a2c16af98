import { WifiOff } from 'lucide-react'

import { useTexts } from '@/i18n/language'

import { useIsOffline } from './use-is-offline'

export function ConnectionBanner() {
  const t = useTexts()
  const isOffline = useIsOffline()
  return (
    <div role="status">
      {isOffline && (
        <p className="flex items-center justify-center gap-2 bg-notice px-4 py-1.5 text-sm text-notice-ink">
          <WifiOff aria-hidden size={16} />
          {t.chat.reconnecting}
        </p>
      )}
    </div>
  )
}
