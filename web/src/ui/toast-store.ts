import { Observable } from '@/lib/observable'

export interface Toast {
  id: number
  text: string
  isError: boolean
}

const SHOWN_MS = 6000

let lastId = 0

export const toasts = new Observable<readonly Toast[]>([])

/** Says something that happened away from where one looks. */
export function toast(text: string, { isError = false } = {}): void {
  const id = (lastId += 1)
  toasts.set([...toasts.get(), { id, text, isError }])
  setTimeout(() => dismissToast(id), SHOWN_MS)
}

export function dismissToast(id: number): void {
  toasts.set(toasts.get().filter((one) => one.id !== id))
}
