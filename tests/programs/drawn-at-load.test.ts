import { describeOrchestration } from 'longhaul'
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { promisify } from 'node:util'
import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, describe, expect, test } from 'vitest'
import { nanoid } from 'nanoid5'

/** What an ordinary program draws once, at the top of a module. */
const atLoad = [randomUUID(), randomBytes(4).toString('hex'), String(Math.random()), nanoid()]

const folder = mkdtempSync(join(import.meta.dirname, '.drawn-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** What two files draw while they load, each in a process of its own. */
const PROGRAM = `
import 'longhaul'
import { randomUUID } from 'node:crypto'
import { test } from 'vitest'
const drawn = [randomUUID(), Math.random()]
test('tells', () => console.log('drawn ' + JSON.stringify([drawn, randomUUID()])))
`
async function drawnBy(name: string, seed: string, program = PROGRAM): Promise<[unknown, string]> {
  const file = join(folder, `${name}.test.ts`)
  writeFileSync(file, program)
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['node_modules/vitest/vitest.mjs', 'run', '--root', '.', relative(process.cwd(), file)],
    { env: { ...process.env, LONGHAUL_SEED: seed, NO_COLOR: '1' } },
  )
  return JSON.parse(/^drawn (.*)$/m.exec(stdout)![1]!) as [unknown, string]
}

describe('what a module draws while it loads', () => {
  test(
    'is chosen by the seed and the file; in tests without longhaul, chance is real',
    { timeout: 120_000 },
    async () => {
      const [first, again, otherSeed, otherFile] = [
        await drawnBy('one', '1'),
        await drawnBy('one', '1'),
        await drawnBy('one', '2'),
        await drawnBy('two', '1'),
      ]
      expect(again[0]).toEqual(first[0])
      expect(otherSeed[0]).not.toEqual(first[0])
      expect(otherFile[0]).not.toEqual(first[0])
      expect(again[1]).not.toBe(first[1])
    },
  )

  test(
    'is chosen by the seed also if longhaul is imported last, where the plugin has loaded it before; other test files draw real chance',
    { timeout: 120_000 },
    async () => {
      const drawing = join(folder, 'drawing.ts')
      writeFileSync(drawing, 'export const drawn = Math.random()')
      const program = (last: string): string => `
        import { drawn } from './drawing.ts'
        import { test } from 'vitest'
        ${last}
        test('tells', () => console.log('drawn ' + JSON.stringify([drawn, Math.random()])))`
      const ours = program(`import { describeOrchestration } from 'longhaul'`)
      const others = program('')
      const [first, again, other, otherAgain] = [
        await drawnBy('last', '1', ours),
        await drawnBy('last', '1', ours),
        await drawnBy('other', '1', others),
        await drawnBy('other', '1', others),
      ]
      expect(again[0]).toBe(first[0])
      expect(again[1]).not.toBe(first[1])
      expect(otherAgain[0]).not.toBe(other[0])
    },
  )
})

describeOrchestration('a program that has drawn at load', { system: async () => [...atLoad, randomUUID()] }, (test) => {
  test('keeps what it has drawn, and draws by the seed of the run from then on', async ({ run, expect }) => {
    const { result } = await run()
    expect(result!.slice(0, -1)).toEqual(atLoad)
    expect(new Set(result).size).toBe(5)
  })
})
