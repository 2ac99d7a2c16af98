// What can begin something in Markdown: marks anywhere, addresses, and what opens a block at the beginning of a line.
const mark = /[*_~`[\\|@]|:\/\/|mailto:|www\.|^[ \t]*(?:#|>|:?-|\+|\d{1,9}[.)])/imu

/** Whether the renderer would show this text as it stands. It may say no too often, never yes. */
export function isPlain(text: string): boolean {
  return !mark.test(text)
}
