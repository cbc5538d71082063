/**
 * `longhaul/plugin`: the Vitest plugin, which sets defaults for all runs of a project.
 *
 * @packageDocumentation
 */
import { fileURLToPath } from 'node:url'
import type { RunSettings } from '../simulation/settings.ts'

/** Hangs the doors. */
const SETUP = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? 'setup.ts' : 'setup.js', import.meta.url))

export type { RunSettings } from '../simulation/settings.ts'

/**
 * The Vitest plugin: settings for all orchestrations of a project. The environment overrides the plugin, and the plugin
 * overrides the options in a file.
 *
 * @example
 * ```ts
 * export default defineConfig({ plugins: [longhaul({ seed: 7, failRate: 0.2 })] })
 * ```
 */
export function longhaul(settings: RunSettings = {}): {
  name: string
  enforce: 'pre'
  config(user: { test?: { setupFiles?: string | string[] } }): { test: { provide: { longhaul: RunSettings } } }
} {
  return {
    name: 'longhaul',
    enforce: 'pre',
    config(user) {
      // First of all: what a user's own set-up file loads takes doors aside too.
      user.test ??= {}
      user.test.setupFiles = [SETUP, ...[user.test.setupFiles ?? []].flat()]
      return { test: { provide: { longhaul: settings } } }
    },
  }
}
