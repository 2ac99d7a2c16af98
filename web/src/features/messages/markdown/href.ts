const protocols = ['http:', 'https:', 'mailto:']

/** The address as a link may have it, or null: nothing else than the web and mail is ever linked to. */
export function safeHref(address: string): string | null {
  if (!URL.canParse(address)) return null
  const url = new URL(address)
  // A name before the host serves only to look like another host.
  const isSafe = protocols.includes(url.protocol) && url.username === '' && url.password === ''
  return isSafe ? url.href : null
}

const host =
  /^(?:https?:\/\/|www\.)?((?:[\p{L}\p{N}-]+\.)+\p{L}{2,}|[\d.]+|localhost|\[[\da-f:]+\])(?:[:/?#]|$)/iu

/** The host that a link leads to where its text looks like the address of another one. */
export function hiddenHost(text: string, href: string): string | null {
  const [, shown] = host.exec(text.trim()) ?? []
  if (shown === undefined) return null
  const target = new URL(href).hostname
  if (target === '') return null
  return hostname(shown) === bare(target) ? null : target
}

function hostname(shown: string): string {
  return URL.canParse(`http://${shown}`) ? bare(new URL(`http://${shown}`).hostname) : shown
}

function bare(name: string): string {
  return name.replace(/^www\./u, '')
}
