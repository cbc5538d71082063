import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, expect, test, vi } from 'vitest'
import { predict } from '../../../src/cli/predict.ts'

const folder = mkdtempSync(join(tmpdir(), 'longhaul-predict-'))
afterAll(() => rmSync(folder, { recursive: true }))
afterEach(() => {
  process.exitCode = undefined
  vi.restoreAllMocks()
})

const file = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}
const rated = file('rated.yaml', 'name: rated\nagents: {}\norchestration_logic: { strategy: x = CALL rate(2) }\n')

/** What the command prints, and its exit code. */
async function predicted(flags: Readonly<Record<string, string>>): Promise<{ text: string; exitCode: unknown }> {
  let text = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((part) => {
    text += String(part)
    return true
  })
  await predict.run({ words: [rated], flags: { runs: '10', ...flags } })
  return { text, exitCode: process.exitCode }
}

test('runs of which none completes are told with what they failed with, and end with 1', async () => {
  const { text, exitCode } = await predicted({})
  expect(text).toMatch(/10 runs, 0 % complete\n\n10 of the 10 runs failed with: .*there is no function "rate"/)
  expect(exitCode).toBe(1)
  const json = await predicted({ json: '' })
  expect(JSON.parse(json.text)).toMatchObject({ [rated]: { completed: 0, failure: { runs: 10 } } })
  expect(json.exitCode).toBe(1)
})

test('functions of a module are there for CALL, also on models', async () => {
  const functions = file('functions.mjs', 'export const rate = (n) => n + 1\n')
  expect(await predicted({ functions })).toEqual({
    text: expect.stringContaining('10 runs, 100 % complete') as string,
    exitCode: undefined,
  })
  const { text, exitCode } = await predicted({ functions, models: 'gpt-4o' })
  expect(text).toMatch(/^gpt-4o .* 100 % /m)
  expect(exitCode).toBeUndefined()
})

test('a module that cannot be loaded is refused before anything runs', async () => {
  await expect(predicted({ functions: join(folder, 'nowhere.mjs') })).rejects.toThrow(/^--functions: .* cannot be/)
})
