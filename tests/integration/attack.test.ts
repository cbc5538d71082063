import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const ATTACK = resolve(import.meta.dirname, '../attack/attack.ts')

// A few attacks of each kind; `npm run attack` does over a hundred thousand.
test('nothing kills it, nothing stops it, and what is lost is told', { timeout: 300_000 }, async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [ATTACK, '--short']).catch(
    (error: { stdout: string }) => error,
  )
  expect(stdout).not.toContain('FOUND')
  expect(stdout).toMatch(/\n\d+ tries: 0 deaths, 0 hangs, 0 foreign errors, 0 silent losses\n$/)
})
