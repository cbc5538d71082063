import { execFile } from 'node:child_process'
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { install, root, userEnv } from './install.ts'

// A new user's afternoon: the program and the tests in `afternoon/` are written from the docs alone, and use what is in the
// tarball and nothing of this repository. `npm run afternoon` runs its sweep with all of its 100 seeds.

const run = promisify(execFile)
const env = {
  ...userEnv,
  LONGHAUL_SEED: undefined,
  LONGHAUL_SEEDS: process.env['LONGHAUL_SEEDS'] ?? '40',
  LONGHAUL_SWEEP: undefined,
}
let home: string
let remove: () => Promise<void>
const npx = (command: string, given: readonly string[], more: NodeJS.ProcessEnv = {}) =>
  run(join(home, 'node_modules/.bin', command), given, { cwd: home, env: { ...env, ...more } })

beforeAll(async () => {
  ;({ home, remove } = await install(env))
  await cp(join(root, 'tests/package/afternoon'), home, { recursive: true })
}, 120_000)
afterAll(() => remove())

test('the research team passes its tests', { timeout: 180_000 }, async () => {
  const { stdout } = await npx('vitest', ['run'])
  expect(stdout).toMatch(/Tests\s+30 passed \(30\)/)
})

test('its types are right', { timeout: 120_000 }, async () => {
  const { stdout } = await npx('tsc', []).catch((error: { stdout: string }) => error)
  expect(stdout).toBe('')
})

test('its sweep passes in four shards, which are merged', { timeout: 600_000 }, async () => {
  for (const shard of [1, 2, 3, 4])
    await npx('vitest', ['run', '--config', 'vitest.sweep.config.ts'], { LONGHAUL_SWEEP: `${shard}/4` })
  const shards = [1, 2, 3, 4].map((shard) => `sweep-${shard}.json`)
  const { stdout } = await npx('longhaul', ['merge', ...shards])
  expect(stdout).toContain(`${2 * Number(env.LONGHAUL_SEEDS)} cases, 0 failed`)
  // A shard that is missing is told.
  const lacking = npx('longhaul', ['merge', ...shards.slice(0, 3)])
  await expect(lacking).rejects.toMatchObject({ code: 1, stdout: expect.stringContaining('4/4') })
})
