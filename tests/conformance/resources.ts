import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { startVitest } from 'vitest/node'
import { startClock } from '../../src/clock/index.ts'
import { startServer, type ServerMount } from '../../src/mount/server.ts'
import { Provider } from '../../src/provider/index.ts'
import { KeyedRandom } from '../../src/random/index.ts'
import { Trace } from '../../src/trace/index.ts'

/** Resource tests of an SDK. */
export interface Resources {
  /** What the SDK is called. */
  name: string
  /** Its tests, below the checkout. */
  files: readonly string[]
  /** Where its clients go. */
  baseURL(server: ServerMount): string
  /** Makes what the tests ask for by ids of their own. */
  made(server: ServerMount): Readonly<Record<string, () => Promise<string>>>
}

/**
 * Runs resource tests of a checkout against a server, and says how many pass. Nothing of the checkout is kept: its tests are copied to a
 * temporary folder, and the ids that they make up are replaced by those of things that the server has.
 */
export async function runResources(
  checkout: string | undefined,
  { name, files, baseURL, made }: Resources,
): Promise<never> {
  if (checkout === undefined) throw new Error(`Give the folder of a checkout of ${name}.`)
  const folder = mkdtempSync(join(tmpdir(), `longhaul-${name}-`))
  symlinkSync(join(resolve(import.meta.dirname, '../..'), 'node_modules'), join(folder, 'node_modules'))
  const tests = globSync(files, { cwd: resolve(checkout) })
  /** Models that the tests name, which may be newer than the table of prices. */
  const models = new Set(
    tests.flatMap((file) =>
      [...readFileSync(join(checkout, file), 'utf8').matchAll(/model: '([^']+)'/g)].map(([, model]) => model!),
    ),
  )
  const clock = startClock({ kind: 'real' })
  const provider = new Provider(
    {
      latency: 0,
      models: Object.fromEntries([...models].map((model) => [model, { prices: { input: 1, output: 1 } }])),
    },
    { clock, trace: new Trace(() => clock.now()), random: new KeyedRandom(1) },
  )
  const server = await startServer(provider)
  const ids = made(server)
  for (const file of tests) {
    const parts = readFileSync(join(checkout, file), 'utf8').split(/(?=\n {2}test\()/)
    const written: string[] = []
    // Each test has things of its own, as some delete them.
    for (let text of parts) {
      for (const [id, make] of Object.entries(ids))
        if (text.includes(`'${id}'`)) text = text.replaceAll(`'${id}'`, `'${await make()}'`)
      written.push(text)
    }
    cpSync(join(checkout, file), join(folder, file), { recursive: true })
    writeFileSync(join(folder, file), written.join(''))
  }
  // What tests lean on, and the test runner that they are written for.
  for (const file of globSync('tests/lib/*.ts', { cwd: resolve(checkout), exclude: ['**/*.test.ts'] }))
    cpSync(join(checkout, file), join(folder, file), { recursive: true })
  writeFileSync(join(folder, 'jest.ts'), "import { vi } from 'vitest'\nObject.assign(globalThis, { jest: vi })\n")
  process.env['TEST_API_BASE_URL'] = baseURL(server)
  const vitest = await startVitest('test', [], {
    root: folder,
    config: false,
    globals: true,
    setupFiles: [join(folder, 'jest.ts')],
    watch: false,
    include: ['**/*.test.ts'],
  })
  const all = vitest.state.getTestModules().flatMap((module) => [...module.children.allTests()])
  const passed = all.filter((test) => test.result().state === 'passed')
  await vitest.close()
  await server.close()
  rmSync(folder, { recursive: true, force: true })
  const share = Math.round((100 * passed.length) / all.length)
  console.log(`${passed.length} of ${all.length} tests of ${name} pass (${share} %).`)
  process.exit(0)
}
