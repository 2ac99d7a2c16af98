import { useLanguage, useTexts } from '@/i18n/language'
import { numberText } from '@/i18n/numbers'
import { CONTENT_MAX } from '@/lib/text'

const NEAR = 200

interface Props {
  id: string
  count: number
}

/** Says nothing until the limit is near. */
export function CharacterCount({ id, count }: Props) {
  const t = useTexts()
  const language = useLanguage()
  const over = count - CONTENT_MAX
  const number = (n: number) => numberText(language, n)
  return (
    <>
      <span id={id} className={`ml-auto ${over > 0 ? 'font-semibold text-danger-ink' : ''}`}>
        {over >= -NEAR && t.composer.characters(`${number(count)} / ${number(CONTENT_MAX)}`)}
        {over > 0 && t.composer.tooMany(number(over))}
      </span>
      {/* Said once, not with every letter. */}
      <span role="status" className="sr-only">
        {over > 0 && t.composer.tooLong(number(CONTENT_MAX))}
      </span>
    </>
  )
}
