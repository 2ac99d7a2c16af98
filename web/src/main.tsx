import './styles.css'

import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'

import { session } from '@/api/session'

import { App } from './routes/app'

const root = document.getElementById('root')
if (!root) throw new Error('The page has no #root')

void session.start()
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
