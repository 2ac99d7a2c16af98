import { defineConfig } from '@playwright/test'

import base from '../playwright.config.ts'

/** Measures; nothing else may run meanwhile. */
export default defineConfig(base, {
  testDir: '.',
  testMatch: /\.bench\.ts$/,
  workers: 1,
  timeout: 15 * 60_000,
})
