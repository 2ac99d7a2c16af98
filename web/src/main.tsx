import './styles.css'

import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'

import { session } from '@/api/session'
import { registerServiceWorker } from '@/lib/service-worker'
import { guardSinks } from '@/lib/trusted-types'
import { wipeKept } from '@/realtime/kept-storage'

import { App } from './routes/app'

guardSinks()

const root = document.getElementById('root')
if (!root) throw new Error('The page has no #root')

// However the session ended, and in every tab: whoever uses this browser next sees nothing of it.
session.state.subscribe(() => {
  if (session.state.get().status === 'anonymous') void wipeKept()
})
void session.start()
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
registerServiceWorker()
