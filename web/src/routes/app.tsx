import { lazy, Suspense } from 'react'
import { BrowserRouter, Route, Routes } from 'react-router'

import { UpdateNotice } from '@/features/updates/update-notice'
import { loadChunk } from '@/lib/load-chunk'
import { ErrorBoundary } from '@/ui/error-boundary'
import { Toasts } from '@/ui/toasts'

import { Guests, Members } from './guards'
import * as pages from './lazy-pages'
import { Starting } from './starting'

const SignedIn = lazy(async () => ({
  default: (await loadChunk(() => import('./signed-in'))).SignedIn,
}))

/** Every screen and its address. None of them may be a path of the API. */
export function App() {
  return (
    <ErrorBoundary>
      <BrowserRouter>
        <Suspense fallback={<Starting unreachable={false} />}>
          <Routes>
            <Route element={<Guests />}>
              <Route path="/login" element={<pages.LogInPage />} />
              <Route path="/signup" element={<pages.SignUpPage />} />
              <Route path="/forgot-password" element={<pages.ForgotPasswordPage />} />
            </Route>
            <Route path="/reset-password" element={<pages.ResetPasswordPage />} />
            <Route element={<Members page={SignedIn} />}>
              <Route path="/profile" element={<pages.ProfilePage />} />
              <Route element={<pages.ChatPage />}>
                <Route index element={null} />
                <Route path="/r/:roomId" element={null} />
              </Route>
            </Route>
            <Route path="*" element={<pages.NotFoundPage />} />
          </Routes>
        </Suspense>
        {/* Under the header: below it would cover what one is writing. */}
        <div className="pointer-events-none fixed inset-x-4 top-18 z-10 flex flex-col items-center gap-2">
          <UpdateNotice />
          <Toasts />
        </div>
      </BrowserRouter>
    </ErrorBoundary>
  )
}
