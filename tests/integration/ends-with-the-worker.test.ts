import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { daemonPaths } from '../../src/daemon/index.ts'
import { FIXTURES, vitest } from './vitest-child.ts'

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'longhaul-left-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    // One that has ended and that nobody has waited for is in the list still.
    return !existsSync(`/proc/${pid}/stat`) || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

test.for([
  ['child', 'child', 'SIGKILL'],
  ['child', 'child', 'SIGTERM'],
  ['daemon', 'daemon', 'SIGKILL'],
  ['timeout', 'daemon', 'its timeout'],
] as const)(
  'no process outlives the worker: %s, a %s, ended by %s',
  { timeout: 120_000 },
  async ([what, whose, signal]) => {
    const env = { LEFT_BEHIND: folder, WHAT: what, END_BY: signal }
    // What it prints is of no use where the worker could not write it down.
    await vitest(['tests/integration/fixtures/killed-worker.fixture.ts', '--pool', 'forks'], {
      config: FIXTURES,
      env,
    }).catch(() => undefined)
    const path = whose === 'child' ? join(folder, 'child.pid') : daemonPaths({ LONGHAUL_HOME: folder }).pid
    expect(existsSync(path)).toBe(true)
    const pid = Number(readFileSync(path, 'utf8'))
    expect(pid).toBeGreaterThan(1)
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 30_000, interval: 50 })
  },
)
