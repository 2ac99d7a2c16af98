import { X } from 'lucide-react'
import {
  type PointerEvent,
  type ReactNode,
  useEffect,
  useEffectEvent,
  useId,
  useLayoutEffect,
  useRef,
} from 'react'

import { useTexts } from '@/i18n/language'
import { openLayer } from '@/lib/layers'

import { IconButton } from './icon-button'

const places = {
  center: 'm-auto bg-raised w-[min(28rem,calc(100vw-2rem))] rounded-2xl p-6',
  top: 'mx-auto mt-[10dvh] mb-auto bg-raised w-[min(32rem,calc(100vw-2rem))] rounded-2xl p-6',
  sheet:
    'mt-auto mx-auto mb-0 bg-raised w-[min(24rem,100vw)] max-w-none rounded-t-2xl p-4 md:ml-[19.25rem] md:mb-20 md:rounded-2xl md:border md:border-line md:backdrop:bg-transparent',
  left: 'bg-canvas my-0 mr-auto ml-0 h-dvh max-h-none w-[min(20rem,85vw)]',
  right: 'bg-canvas my-0 mr-0 ml-auto h-dvh max-h-none w-[min(20rem,85vw)]',
}

interface Props {
  title: string
  onClose: () => void
  place?: keyof typeof places
  children: ReactNode
}

/** Modal: the browser keeps the focus inside, closes it with Escape or Back and gives the focus back. */
export function Dialog({ title, onClose, place = 'center', children }: Props) {
  const t = useTexts()
  const id = useId()
  const dialog = useRef<HTMLDialogElement>(null)
  // Before the effects of what is inside: opening takes the focus, and a field may want it.
  useLayoutEffect(() => {
    const element = dialog.current
    const opener = document.activeElement
    element?.showModal()
    return () => {
      element?.close()
      // The browser gives it back only to dialogs that close while they are in the document.
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus()
    }
  }, [])
  const close = useEffectEvent(onClose)
  useEffect(() => openLayer(() => close()), [])
  // Where the pointer went down decides: a selection of text may well end outside, and the padding is inside.
  const closeFromOutside = (event: PointerEvent) => {
    const element = dialog.current
    if (!element || event.target !== element) return
    const { left, right, top, bottom } = element.getBoundingClientRect()
    const { clientX: x, clientY: y } = event
    if (x < left || x > right || y < top || y > bottom) onClose()
  }
  return (
    // A click on the backdrop is a convenience: Escape and the button do the same.
    <dialog
      ref={dialog}
      aria-labelledby={id}
      onCancel={(event) => {
        // A dialog may stand in another: Escape is meant for the one on top.
        if (event.target === dialog.current) onClose()
      }}
      onPointerDown={closeFromOutside}
      className={`text-ink shadow-raised backdrop:bg-black/45 ${places[place]}`}
    >
      {place !== 'left' && place !== 'right' ? (
        <div className="mb-4 flex items-start justify-between gap-4">
          <h2 id={id} className="pt-1.5 text-lg font-semibold wrap-anywhere">
            {title}
          </h2>
          <IconButton icon={X} label={t.common.close} onClick={onClose} className="-mt-1 -mr-2" />
        </div>
      ) : (
        <h2 id={id} className="sr-only">
          {title}
        </h2>
      )}
      {children}
    </dialog>
  )
}
