import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { functionsIn } from '../../../src/cli/functions.ts'

const home = mkdtempSync(join(tmpdir(), 'longhaul-functions-'))
afterAll(() => rmSync(home, { recursive: true }))
const module = (name: string, text: string): string => {
  const file = join(home, name)
  writeFileSync(file, text)
  return file
}

test('functions are those that a module exports, by their names, and those of its default', async () => {
  const file = module(
    'all.mjs',
    'export const rate = () => 1\nexport const n = 2\nexport default { sum: () => 3, n: 4 }\n',
  )
  expect(Object.keys(await functionsIn(file)).toSorted()).toEqual(['rate', 'sum'])
})

test('a function that has a name of its own goes before one of the default', async () => {
  const file = module('both.mjs', 'export const rate = () => "named"\nexport default { rate: () => "default" }\n')
  const { rate } = await functionsIn(file)
  expect((rate as () => unknown)()).toBe('named')
})

test('a module without functions is refused', async () => {
  await expect(functionsIn(module('none.mjs', 'export const n = 1\n'))).rejects.toThrow(/exports no function\.$/)
})

test('a module that cannot be loaded is refused with the reason', async () => {
  await expect(functionsIn(join(home, 'nowhere.mjs'))).rejects.toMatchObject({
    code: 'LONGHAUL_USAGE',
    message: expect.stringMatching(/^--functions: .*nowhere\.mjs cannot be loaded: /) as string,
  })
})
