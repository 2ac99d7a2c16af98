import { Observable } from '@/lib/observable'

export interface ToastAction {
  label: string
  run: () => void
}

export interface Toast {
  id: number
  text: string
  isError: boolean
  action?: ToastAction
}

const SHOWN_MS = 6000
/** To read it and to get to its button. */
const SHOWN_WITH_ACTION_MS = 15_000

let lastId = 0

export const toasts = new Observable<readonly Toast[]>([])

/** Says something that happened away from where one looks. */
export function toast(
  text: string,
  { isError = false, action }: { isError?: boolean; action?: ToastAction } = {},
): void {
  const id = (lastId += 1)
  toasts.set([...toasts.get(), { id, text, isError, action }])
  setTimeout(() => dismissToast(id), action ? SHOWN_WITH_ACTION_MS : SHOWN_MS)
}

export function dismissToast(id: number): void {
  toasts.set(toasts.get().filter((one) => one.id !== id))
}
