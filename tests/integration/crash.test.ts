import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const run = promisify(execFile)
const CRASH = resolve(import.meta.dirname, '../crash/crash.ts')

// A few kills of real processes; `npm run crash` does hundreds.
test.each([
  ['any service', []],
  ['a service that knows idempotency keys', ['--idempotency']],
])('with %s, nothing is lost to SIGKILL', { timeout: 120_000 }, async (_, more) => {
  const { stdout } = await run(process.execPath, [CRASH, '4', ...more])
  expect(stdout).toMatch(/[4-9] kills, \d+ runs, 0 results lost or wrong/)
  if (more.length > 0) expect(stdout).toMatch(/: 0 paid twice/)
})
