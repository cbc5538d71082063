import { fileURLToPath } from 'node:url'
import type { RunSettings } from '../simulation/settings.ts'

export type { RunSettings } from '../simulation/settings.ts'

const SETUP = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? './setup.ts' : './setup.js', import.meta.url))

/**
 * The Vitest plugin: hangs the doors of time, chance and network before any module of a test file is loaded, and gives settings for all
 * orchestrations of a project. The environment goes before them, and they before those of a file.
 *
 * @example
 * ```ts
 * export default defineConfig({ plugins: [longhaul({ seed: 7, failRate: 0.2 })] })
 * ```
 */
export function longhaul(settings: RunSettings = {}): {
  name: string
  config(): { test: { provide: { longhaul: RunSettings }; setupFiles: string[] } }
} {
  return { name: 'longhaul', config: () => ({ test: { provide: { longhaul: settings }, setupFiles: [SETUP] } }) }
}
