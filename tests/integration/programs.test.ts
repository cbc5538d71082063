import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'

const run = promisify(execFile)
const VITEST = join(import.meta.dirname, '../../node_modules/vitest/vitest.mjs')
const PROGRAMS = 'tests/programs'
/** Tests in real and scaled time: no two of their runs are the same. */
const BY_THE_WALL_CLOCK = /real-time|scaled-time/
const folders: string[] = []
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })))

/** Runs all programs in a process of their own, and gives the trace of each of their tests. */
async function tracesOf(): Promise<Map<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'longhaul-traces-'))
  folders.push(folder)
  const env = { ...process.env, LONGHAUL_TRACES: folder, VITEST: undefined, VITEST_POOL_ID: undefined }
  await run(process.execPath, [VITEST, 'run', PROGRAMS, '--testTimeout=60000'], {
    env,
    maxBuffer: 1e8,
  })
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ndjson'))
  return new Map(files.toSorted().map((file) => [file, readFileSync(join(folder, file), 'utf8')]))
}

test('every program gives the same traces in two processes with one seed', { timeout: 600_000 }, async () => {
  const first = await tracesOf()
  const second = await tracesOf()
  expect(first.size).toBeGreaterThan(20)
  expect([...second.keys()]).toEqual([...first.keys()])
  const others = [...first].filter(([file, trace]) => !BY_THE_WALL_CLOCK.test(file) && second.get(file) !== trace)
  expect(others.map(([file]) => file)).toEqual([])
})
