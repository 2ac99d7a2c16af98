import { expect, test } from 'vitest'

import { isFewEmoji } from './few-emoji'

test.each(['🙂', '👍🏽 🎉', '👩‍👩‍👧‍👦🇫🇷1️⃣', '❤️'])('%s is shown larger', (text) => {
  expect(isFewEmoji(text)).toBe(true)
})

test.each(['', '1', 'ok 🙂', '🙂🙂🙂🙂', '#', '©'])('%j is not', (text) => {
  expect(isFewEmoji(text)).toBe(false)
})
