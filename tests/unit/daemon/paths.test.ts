import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { daemonPaths, makeFolders } from '../../../src/daemon/paths.ts'
import { RunStore } from '../../../src/store/index.ts'

let here: string
beforeEach(() => {
  here = realpathSync(mkdtempSync(join(tmpdir(), 'longhaul-paths-')))
  vi.spyOn(process, 'cwd').mockReturnValue(here)
})
afterEach(() => {
  vi.restoreAllMocks()
  rmSync(here, { recursive: true })
})

const touch = (file: string): void => {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, '')
}

test('the files are in .longhaul, or where LONGHAUL_HOME says, or here by the layout of the plan', () => {
  expect(daemonPaths({}).store).toBe(join(here, '.longhaul/var/state/ksi_state.db'))
  expect(daemonPaths({}, 'plan')).toMatchObject({
    home: here,
    socket: join(here, 'var/run/daemon.sock'),
    pid: join(here, 'var/run/ksi_daemon.pid'),
    events: join(here, 'var/logs/event_log_current.jsonl'),
    log: join(here, 'var/logs/daemon_current.log'),
  })
  expect(daemonPaths({ LONGHAUL_HOME: '/elsewhere', KSI_SOCKET_PATH: '/tmp/s' }, 'plan')).toMatchObject({
    home: '/elsewhere',
    socket: '/tmp/s',
  })
})

test('who does not say the layout finds the daemon that answers, else the one that has run', () => {
  const [home, plan] = [daemonPaths({}, 'home'), daemonPaths({}, 'plan')]
  touch(plan.events)
  expect(daemonPaths({})).toEqual(plan)
  touch(home.events)
  expect(daemonPaths({})).toEqual(home)
  touch(plan.socket)
  expect(daemonPaths({})).toEqual(plan)
})

test("another program's var/ is not taken for a daemon's", () => {
  touch(join(here, 'var/run/daemon.sock'))
  touch(join(here, 'var/state/ksi_state.db'))
  expect(daemonPaths({})).toEqual(daemonPaths({}, 'home'))
})

test('the runs of version 0.1 are taken over', () => {
  const paths = daemonPaths({})
  mkdirSync(paths.home)
  const before = new RunStore(join(paths.home, 'runs.db'))
  before.saveRun({ id: 'kept', pattern: 'x.yaml', fingerprint: '', status: 'suspended', state: {} })
  before.close()
  makeFolders(paths)
  const store = new RunStore(paths.store)
  expect(store.list()).toMatchObject([{ id: 'kept' }])
  store.close()
})
