import type { KeyboardEvent } from 'react'

const IN_COMPOSITION = 229

/** Enter that accepts a word from an input method is not meant for us. Safari has ended the composition by then. */
// eslint-disable-next-line @typescript-eslint/no-deprecated -- there is no other sign of it
export function isComposing({ nativeEvent, keyCode }: KeyboardEvent): boolean {
  return nativeEvent.isComposing || keyCode === IN_COMPOSITION
}

const isApple = /mac|iphone|ipad/i.test(navigator.userAgent)

/** The key that goes with a letter in shortcuts. */
export const commandKey = isApple ? '⌘' : 'Ctrl'
export const optionKey = isApple ? '⌥' : 'Alt'

/** Whether the command key of this platform is held, and no other but Shift. */
export function hasCommand(event: {
  ctrlKey: boolean
  metaKey: boolean
  altKey: boolean
}): boolean {
  const [held, other] = isApple ? [event.metaKey, event.ctrlKey] : [event.ctrlKey, event.metaKey]
  return held && !other && !event.altKey
}
