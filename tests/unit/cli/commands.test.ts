import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { checkAs } from '../../../src/cli/check.ts'
import { COMMANDS } from '../../../src/cli/commands.ts'
import { daemon } from '../../../src/cli/daemon.ts'
import { UsageError, type Command } from '../../../src/cli/flags.ts'
import { merge } from '../../../src/cli/merge.ts'

const folder = mkdtempSync(join(tmpdir(), 'longhaul-commands-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** What a command refuses words with. */
async function refusal(command: Command, ...words: string[]): Promise<string> {
  try {
    await command.run({ words, flags: {} })
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError)
    return (error as Error).message
  }
  throw new Error('The command was not refused.')
}

test('daemon lists its actions once, and suggests the nearest one', async () => {
  const all = 'start, stop, restart, status, health, run.'
  expect(await refusal(daemon)).toBe(`longhaul daemon needs one of: ${all}`)
  expect(await refusal(daemon, 'foo')).toBe(`longhaul daemon has no action "foo". There are: ${all}`)
  expect(await refusal(daemon, 'strat')).toBe('longhaul daemon has no action "strat". Did you mean "start"?')
  expect(await refusal(daemon, 'start', 'now')).toBe(`longhaul daemon needs one of: ${all}`)
})

test.each(['{ "tests": [], "sweeps": [] }', '{ "tests": [] }', 'null'])(
  'merge refuses %s, which has no sweep',
  async (text) => {
    const file = join(folder, 'results.json')
    writeFileSync(file, text)
    expect(await refusal(merge, file)).toBe(
      `${file} contains no sweeps. Give a file that the reporter wrote in a shard of a sweep: ['longhaul/reporter', { outputFile }].`,
    )
  },
)

test.each(['check', 'validate'] as const)('%s speaks of itself by its name', async (name) => {
  const command = checkAs(name)
  expect(command.usage).toBe(`${name} PATTERN …`)
  expect(await refusal(command)).toBe(`longhaul ${name} needs the path of at least one pattern.`)
})

test('each command is one of those that are listed and completed, completion too', () => {
  expect(Object.keys(COMMANDS)).toContain('completion')
})
