import { EmojiPicker as Picker } from 'frimousse'

import { useLanguage, useTexts } from '@/i18n/language'

import { recentEmoji, rememberEmoji } from './recent-emoji'

const button = 'flex h-10 items-center justify-center rounded-lg text-2xl hover:bg-hover'
const cell = `${button} w-1/8`

export function EmojiPicker({ onChoose }: { onChoose: (emoji: string) => void }) {
  const t = useTexts()
  const language = useLanguage()
  const recent = recentEmoji()
  const choose = (emoji: string) => {
    rememberEmoji(emoji)
    onChoose(emoji)
  }
  return (
    <Picker.Root
      locale={language}
      emojibaseUrl="/emoji"
      columns={8}
      onEmojiSelect={({ emoji }) => choose(emoji)}
      className="flex w-full flex-col gap-2"
    >
      <div className="flex items-center gap-2">
        <Picker.Search
          // The dialog opens to search.
          // eslint-disable-next-line jsx-a11y/no-autofocus
          autoFocus
          aria-label={t.composer.emojiSearch}
          placeholder={t.composer.emojiSearch}
          className="min-h-10 min-w-0 grow rounded-lg border border-edge bg-surface px-3 text-base placeholder:text-muted"
        />
        <Picker.SkinToneSelector aria-label={t.composer.skinTone} className={`${button} w-10`} />
      </div>
      {recent.length > 0 && (
        <div role="group" aria-label={t.composer.emojiRecent} className="flex overflow-hidden">
          {recent.map((emoji) => (
            <button key={emoji} type="button" className={cell} onClick={() => choose(emoji)}>
              {emoji}
            </button>
          ))}
        </div>
      )}
      <Picker.Viewport
        tabIndex={0}
        className="relative h-72 max-h-[45dvh] overflow-y-auto outline-none"
      >
        <Picker.Loading className="absolute inset-0 flex items-center justify-center text-sm text-muted">
          {t.common.loading}
        </Picker.Loading>
        <Picker.Empty className="absolute inset-0 flex items-center justify-center text-sm text-muted">
          {t.composer.emojiNone}
        </Picker.Empty>
        <Picker.List
          className="pb-2 select-none"
          components={{
            CategoryHeader: ({ category, ...props }) => (
              <div {...props} className="bg-raised py-1.5 text-xs font-medium text-muted">
                {category.label}
              </div>
            ),
            Row: (props) => (
              <div {...props} aria-rowindex={fromOne(props['aria-rowindex'])} className="flex" />
            ),
            Emoji: ({ emoji, ...props }) => (
              <button
                {...props}
                role="gridcell"
                aria-colindex={fromOne(props['aria-colindex'])}
                className={`${cell} data-active:bg-accent-soft`}
              >
                {emoji.emoji}
              </button>
            ),
          }}
        />
      </Picker.Viewport>
    </Picker.Root>
  )
}

/** The picker counts rows and columns from zero, and ARIA from one. */
function fromOne(index: number | undefined): number {
  return (index ?? 0) + 1
}
