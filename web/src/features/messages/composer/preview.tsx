import { useTexts } from '@/i18n/language'

import { MessageText } from '../message-text'

/** What is being written as others will see it. */
export function Preview({ content }: { content: string }) {
  const t = useTexts()
  return (
    <section
      aria-label={t.composer.preview}
      // It scrolls: it must be reachable by keyboard.
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      className="max-h-[30dvh] overflow-y-auto rounded-t-xl border-b border-line bg-canvas px-3.5 py-2.5 before:mb-1 before:block before:text-xs before:font-semibold before:text-muted before:content-[attr(aria-label)_/_'']"
    >
      {content === '' ? (
        <p className="text-sm text-muted">{t.composer.previewEmpty}</p>
      ) : (
        <MessageText text={content} />
      )}
    </section>
  )
}
