import type { RunSettings } from '../simulation/settings.ts'

export type { RunSettings } from '../simulation/settings.ts'

/**
 * The Vitest plugin: settings for all orchestrations of a project. The environment goes before them, and they before those of a file.
 *
 * @example
 * ```ts
 * export default defineConfig({ plugins: [longhaul({ seed: 7, failRate: 0.2 })] })
 * ```
 */
export function longhaul(settings: RunSettings = {}): {
  name: string
  config(): { test: { provide: { longhaul: RunSettings } } }
} {
  return { name: 'longhaul', config: () => ({ test: { provide: { longhaul: settings } } }) }
}
