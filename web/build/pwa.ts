import { VitePWA } from 'vite-plugin-pwa'

import { ENV_CACHE } from '../src/lib/env-cache.ts'

/** Paths that are the server's, never a page of the app. */
export const api = [
  '/auth',
  '/users',
  '/rooms',
  '/messages',
  '/ws',
  '/health',
  '/internal',
  '/docs',
  '/openapi.json',
  '/env.js',
]

/** Where the bundle puts what is too large to be fetched before it is used. */
export const ON_USE = 'assets/on-use/'

const isOneOf = `^/(${api.map((path) => path.slice(1).replace('.', '\\.')).join('|')})(/|\\?|$)`

/** Makes the app installable, and keeps its own screens in the browser so that it opens without a network. */
export function pwa() {
  return VitePWA({
    // A new version waits until one asks for it, or until every tab is closed.
    registerType: 'prompt',
    injectRegister: null,
    includeManifestIcons: false,
    manifest: {
      id: '/',
      name: 'Cloud Chat',
      short_name: 'Cloud Chat',
      description: 'Team chat on a server of your own.',
      lang: 'en',
      start_url: '/',
      display: 'standalone',
      theme_color: '#f7f7f9',
      background_color: '#f5f6fa',
      categories: ['productivity', 'social'],
      icons: [
        { src: '/icons/icon-192.png', sizes: '192x192', type: 'image/png' },
        { src: '/icons/icon-512.png', sizes: '512x512', type: 'image/png' },
        {
          src: '/icons/maskable-512.png',
          sizes: '512x512',
          type: 'image/png',
          purpose: 'maskable',
        },
        { src: '/favicon.svg', sizes: 'any', type: 'image/svg+xml' },
      ],
    },
    workbox: {
      globPatterns: ['index.html', 'favicon.svg', 'assets/**/*.{js,css,svg,woff2}'],
      globIgnores: [`${ON_USE}**`],
      navigateFallback: 'index.html',
      navigateFallbackDenylist: [new RegExp(isOneOf)],
      inlineWorkboxRuntime: true,
      importScripts: ['/notification-click.js'],
      sourcemap: false,
      // These functions are copied into the service worker: they can use nothing from here.
      runtimeCaching: [
        {
          urlPattern: ({ url, sameOrigin }) => sameOrigin && url.pathname === '/env.js',
          handler: 'NetworkFirst',
          options: {
            cacheName: ENV_CACHE,
            networkTimeoutSeconds: 2,
            // A gateway that answers for a server that is away is no answer.
            plugins: [
              {
                fetchDidSucceed: ({ response }) =>
                  response.ok ? Promise.resolve(response) : Promise.reject(new Error('away')),
              },
            ],
          },
        },
        {
          // Their names change with their content.
          urlPattern: ({ url, sameOrigin }) => sameOrigin && url.pathname.startsWith('/assets/'),
          handler: 'CacheFirst',
          options: { cacheName: 'on-use', expiration: { maxEntries: 40 } },
        },
        {
          urlPattern: ({ url, sameOrigin }) => sameOrigin && url.pathname.startsWith('/emoji/'),
          handler: 'StaleWhileRevalidate',
          options: { cacheName: 'emoji', expiration: { maxEntries: 10 } },
        },
      ],
    },
  })
}
