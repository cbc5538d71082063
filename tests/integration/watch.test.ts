import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { daemonPaths, makeFolders, send } from '../../src/daemon/index.ts'
import { startDaemon, type Daemon } from '../../src/daemon/server.ts'
import { SimulatedServices } from '../../src/systems/simulated-services.ts'

const home = mkdtempSync(join(tmpdir(), 'longhaul-watch-'))
const paths = daemonPaths({ LONGHAUL_HOME: home })
const MAIN = join(import.meta.dirname, '../../src/cli/main.ts')
const ROUNDS = `agents: { worker: { count: 2 } }
orchestration_logic:
  strategy: |
    FOREACH round IN range(1, 100000):
      GATHER views FROM agents WITH prompt: "Round {{round}}?", timeout: 30s, at_least: 0
      WAIT 50ms
`
let daemon: Daemon
const begin = async (): Promise<void> => {
  daemon = await startDaemon(paths, {
    settings: { retry: { attempts: 2, firstDelay: 10 } },
    patterns: [home],
    simulate: (clock) => new SimulatedServices({ clock, latency: '40ms', failRate: 0.2 }),
  })
}
beforeAll(async () => {
  writeFileSync(join(home, 'rounds.yaml'), ROUNDS)
  makeFolders(paths)
  await begin()
  await send(paths.socket, 'orchestration:start', { pattern: 'rounds' })
})
afterAll(async () => {
  await daemon.stop('over')
  rmSync(home, { recursive: true, force: true })
})

/** A command that goes on, and all that it has written so far. */
function watching(command: string, ...words: readonly string[]) {
  const env = { ...process.env, LONGHAUL_HOME: home, VITEST: undefined, COLUMNS: undefined, LINES: undefined }
  const child = spawn(command, words, { env, stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (more: string) => (text += more))
  const exited = once(child, 'exit')
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await exited
  })
  return { read: () => text, kill: (signal: NodeJS.Signals) => child.kill(signal), exited }
}

const hasScript = ((): boolean => {
  try {
    return execFileSync('script', ['--version'], { encoding: 'utf8' }).includes('util-linux')
  } catch {
    return false
  }
})()

describe('longhaul watch', { timeout: 60_000 }, () => {
  test('says that no daemon answers yet', async () => {
    const { read } = watching('env', `LONGHAUL_HOME=${join(home, 'none')}`, process.execPath, MAIN, 'watch')
    await expect
      .poll(read, { timeout: 30_000 })
      .toContain('no daemon answers there yet; longhaul watch waits for a daemon')
  })

  test('writes lines where there is no terminal, goes on with the next daemon, and ends when it is told to', async () => {
    const { read, kill, exited } = watching(process.execPath, MAIN, 'watch')
    const has = (text: string | RegExp) => expect.poll(read, { timeout: 30_000 }).toMatch(text)
    await has(`daemon ${process.pid} is healthy, 1 active orchestration(s)`)
    await has(/orch_[0-9a-f]{8} answered: worker_[12] by openai\/gpt-4o-mini in \d\.\ds/)
    await daemon.stop('again')
    await has('the daemon closed the connection; longhaul watch waits for the next daemon')
    await begin()
    await expect.poll(() => read().split('is healthy').length, { timeout: 30_000 }).toBe(3)
    const before = read().length
    await expect.poll(() => read().slice(before), { timeout: 30_000 }).toContain('answered')
    kill('SIGINT')
    expect(await exited).toEqual([0, null])
  })

  test.skipIf(!hasScript)('draws one screen on a terminal, and leaves it as it was', async () => {
    const line = `stty cols 100 rows 30; echo $$ > ${home}/watch.pid; exec ${process.execPath} ${MAIN} watch`
    const { read, exited } = watching('script', '-qec', line, '/dev/null')
    const drawn = () => stripVTControlCharacters(read().split('\u001B[H').at(-2) ?? '')
    await expect.poll(drawn, { timeout: 30_000 }).toMatch(/orch_[0-9a-f]{8} rounds +running/)
    await expect.poll(drawn, { timeout: 30_000 }).toMatch(/worker_1 +(working|idle)/)
    expect(read().startsWith('\u001B[?1049h\u001B[?25l')).toBe(true)
    const pid = readFileSync(join(home, 'watch.pid'), 'utf8')
    process.kill(Number(pid), 'SIGINT')
    await exited
    expect(read().trimEnd().endsWith('\u001B[?25h\u001B[?1049l')).toBe(true)
  })

  test('refuses what is no flag of it', async () => {
    const { exited } = watching(process.execPath, MAIN, 'watch', '--plian')
    expect(await exited).toEqual([2, null])
  })
})
