import { useEffect } from 'react'
import { useNavigate } from 'react-router'

interface OpenPath {
  type: 'OPEN_PATH'
  path: string
}

/** Goes where a click on a notification of the service worker leads. */
export function useOpenedPath(): void {
  const navigate = useNavigate()
  useEffect(() => {
    // Typed as always there, but absent over plain http.
    const workers = navigator.serviceWorker as ServiceWorkerContainer | undefined
    const listener = ({ data }: MessageEvent<OpenPath | undefined>) => {
      if (data?.type === 'OPEN_PATH') void navigate(data.path)
    }
    workers?.addEventListener('message', listener)
    return () => workers?.removeEventListener('message', listener)
  }, [navigate])
}
