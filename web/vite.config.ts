import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

import { brotli } from './build/brotli.ts'
import { emoji } from './build/emoji.ts'
import { api, ON_USE, pwa } from './build/pwa.ts'

const server = 'http://localhost:5000'
/** What is loaded only when it is used, and is not the app's own: the grammars of code in messages. */
const isOnUse = ({ moduleIds }: { moduleIds: string[] }) =>
  moduleIds.length > 0 && moduleIds.every((id) => /node_modules\/(@shikijs|shiki)\//.test(id))

export default defineConfig({
  plugins: [react(), tailwindcss(), emoji(), pwa(), brotli()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    target: 'baseline-widely-available',
    // The policy is `script-src 'self'`: nothing may be inlined as a data: address.
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        chunkFileNames: (chunk) => `${isOnUse(chunk) ? ON_USE : 'assets/'}[name]-[hash].js`,
      },
    },
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
