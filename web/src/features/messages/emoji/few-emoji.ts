const few = /^(?:\p{RGI_Emoji}\s*){1,3}$/v

/** Whether a text is up to three emoji and nothing else: they are shown larger. */
export function isFewEmoji(text: string): boolean {
  return few.test(text)
}
