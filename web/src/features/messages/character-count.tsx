import { useTexts } from '@/i18n/language'
import { CONTENT_MAX } from '@/lib/text'

const NEAR = 200

/** Says nothing until the limit is near. */
export function CharacterCount({ count }: { count: number }) {
  const t = useTexts()
  const left = CONTENT_MAX - count
  return (
    <span role="status" className={`ml-auto ${left < 0 ? 'font-semibold text-danger-ink' : ''}`}>
      {left < 0 && t.messages.charactersOver(-left)}
      {left >= 0 && left <= NEAR && t.messages.charactersLeft(left)}
    </span>
  )
}
