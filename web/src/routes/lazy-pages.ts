import { lazy } from 'react'

import { loadChunk } from '@/lib/load-chunk'

// One chunk a page, so that the login page loads nothing of the chat.

export const ChatPage = lazy(async () => ({
  default: (await loadChunk(() => import('@/pages/chat-page'))).ChatPage,
}))

export const ForgotPasswordPage = lazy(async () => ({
  default: (await loadChunk(() => import('@/pages/forgot-password-page'))).ForgotPasswordPage,
}))

export const LogInPage = lazy(async () => ({
  default: (await loadChunk(() => import('@/pages/log-in-page'))).LogInPage,
}))

export const NotFoundPage = lazy(async () => ({
  default: (await loadChunk(() => import('@/pages/not-found-page'))).NotFoundPage,
}))

export const ProfilePage = lazy(async () => ({
  default: (await loadChunk(() => import('@/pages/profile-page'))).ProfilePage,
}))

export const ResetPasswordPage = lazy(async () => ({
  default: (await loadChunk(() => import('@/pages/reset-password-page'))).ResetPasswordPage,
}))

export const SignUpPage = lazy(async () => ({
  default: (await loadChunk(() => import('@/pages/sign-up-page'))).SignUpPage,
}))
