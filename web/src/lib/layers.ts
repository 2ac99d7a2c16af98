interface Layer {
  close: () => void
}

const layers: Layer[] = []

/**
 * What lies over the page (a dialog, a drawer) has an entry in the history, so that Back closes it instead of leaving.
 * The entry's state says how many layers lie there; one that is left over from a layer closed otherwise is passed by.
 */
export function openLayer(close: () => void): () => void {
  const layer = { close }
  layers.push(layer)
  if (depth() < layers.length) {
    history.pushState({ ...(history.state as object | null), layers: layers.length }, '')
  }
  return () => {
    layers.splice(layers.indexOf(layer), 1)
    // Later: where one layer takes the place of another nothing has to change.
    setTimeout(leaveEmpty)
  }
}

function depth(): number {
  return (history.state as { layers?: number } | null)?.layers ?? 0
}

function leaveEmpty(): void {
  const empty = depth() - layers.length
  if (empty > 0) history.go(-empty)
}

window.addEventListener('popstate', () => {
  for (const { close } of layers.slice(depth()).reverse()) close()
  leaveEmpty()
})
