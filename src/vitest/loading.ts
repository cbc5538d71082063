import { relative } from 'node:path'
import { beforeAll, TestRunner } from 'vitest'
import { behind, stand } from '../doors/index.ts'
import { KeyedRandom } from '../random/index.ts'
import { chanceOf } from '../simulation/chance.ts'
import { workerState } from './worker-state.ts'

/**
 * Lets the seed choose what the modules of a test file draw while they load (`const session = randomUUID()` at the top of
 * one), from the moment at which longhaul is imported until the first hook. Each file has draws of its own, so that files that
 * run at the same time get different ids. Elsewhere than in a test file of Vitest it does nothing.
 */
export function seedLoading(): void {
  const { filepath, config } = workerState()
  if (!filepath || behind.chance || TestRunner.getCurrentTest()) return
  const seed = process.env['LONGHAUL_SEED'] || '1'
  const file = relative(config?.root ?? process.cwd(), filepath).replaceAll('\\', '/')
  const leave = stand('chance', chanceOf(new KeyedRandom(`${seed} ${file}`)))
  try {
    beforeAll(leave)
  } catch {
    // No file is being loaded.
    leave()
  }
}
