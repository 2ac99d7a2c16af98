import { useTexts } from '@/i18n/language'
import { CopyButton } from '@/ui/copy-button'

/** Nobody else is on this server yet: how others come to it. */
export function AloneHint() {
  const t = useTexts()
  return (
    <div className="flex flex-col gap-2">
      <p className="text-sm text-muted">{t.members.alone}</p>
      <CopyButton label={t.members.copyAddress} text={location.origin} />
    </div>
  )
}
