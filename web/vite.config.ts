import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

import { brotli } from './build/brotli.ts'

const server = 'http://localhost:5000'
const api = [
  '/auth',
  '/users',
  '/rooms',
  '/messages',
  '/health',
  '/docs',
  '/openapi.json',
  '/env.js',
]

export default defineConfig({
  plugins: [react(), tailwindcss(), brotli()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    target: 'baseline-widely-available',
    // The policy is `script-src 'self'`: nothing may be inlined as a data: address.
    assetsInlineLimit: 0,
  },
  server: {
    host: '127.0.0.1',
    proxy: {
      ...Object.fromEntries(api.map((path) => [path, server])),
      '/ws': { target: server, ws: true },
    },
  },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.{ts,tsx}'],
    setupFiles: ['src/test-setup.ts'],
    restoreMocks: true,
    unstubGlobals: true,
  },
})
