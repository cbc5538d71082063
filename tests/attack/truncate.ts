import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { daemonPaths } from '../../src/daemon/index.ts'
import { startDaemon, type Daemon } from '../../src/daemon/server.ts'
import { send } from '../../src/daemon/client.ts'
import { SimulatedServices } from '../../src/systems/simulated-services.ts'
import { DaemonProcess, PATTERNS, type Data } from './daemon.ts'
import { stopwatch, type Tally } from './tally.ts'

/** A home as a daemon leaves it that was killed: runs in all states, entities, completions, logs that were put aside, large values. */
async function leaveHome(): Promise<DaemonProcess> {
  const daemon = new DaemonProcess(['--log-bytes', '60000', '--log-keep', '3'])
  await daemon.start()
  const start = async (vars: object): Promise<string> =>
    String((await daemon.ask('orchestration:start', { pattern: 'session_recovery', vars }))['orchestration_id'])
  const done = await start({ max_rounds: 3 })
  const suspended = await start({ max_rounds: 400, pause: '50ms' })
  await daemon.ask('orchestration:suspend', { orchestration_id: suspended })
  for (let nth = 0; nth < 40; nth++)
    await daemon.ask('state:entity:create', {
      type: 'thing',
      id: `thing-${nth}`,
      properties: { nth, text: 'x'.repeat(nth % 9 === 0 ? 9_000 : 50) },
    })
  await daemon.ask('completion:async', { request_id: 'asked', prompt: 'A question.' })
  while ((await daemon.ask('orchestration:status', { orchestration_id: done }))['state'] !== 'completed');
  await daemon.end('SIGKILL')
  return daemon
}

/** What is known of what was kept, as a client sees it. */
async function seen(socket: string): Promise<Data> {
  const ask = async (event: string, data: object): Promise<Data> => (await send(socket, event, data)).data
  const { orchestrations } = await ask('orchestration:list', { all: true, limit: 100 })
  const { counts } = await ask('state:aggregate:count', {})
  const { total_events: events } = await ask('monitor:get_events', {
    limit: 1,
    event_patterns: ['state:entity:created'],
  })
  const entities = await ask('state:entity:query', { limit: 100 })
  return {
    runs: (orchestrations as Data[])
      .map(({ orchestration_id: id, state }) => `${String(id)} ${String(state)}`)
      .toSorted(),
    counts,
    entities: (entities['entities'] as Data[] | undefined)?.length ?? entities['error'],
    events,
  }
}

async function begin(home: string): Promise<Daemon> {
  return startDaemon(daemonPaths({ LONGHAUL_HOME: home }), {
    settings: {},
    patterns: [PATTERNS],
    simulate: (clock) => new SimulatedServices({ latency: '5ms', clock }),
  })
}

/** A start and what is asked then take as long as so many answers. */
const STARTS = 5

/** Starts a daemon on a home with one file damaged, and looks whether what is missing is told. */
async function tryHome(home: string, file: string, what: string, whole: Data, tally: Tally): Promise<void> {
  const elapsed = stopwatch()
  let daemon: Daemon
  try {
    daemon = await begin(home)
  } catch (error) {
    const { message, code } = error as Error & { code?: string }
    tally.answered(elapsed() / STARTS, message, `${file} ${what}`)
    if (
      code === undefined ||
      !message.includes(
        file
          .split('/')
          .at(-1)!
          .replace(/-(wal|count)$/, ''),
      )
    )
      tally.add('foreign error', `${file} ${what}: ${message}`)
    return
  }
  const { socket } = daemonPaths({ LONGHAUL_HOME: home })
  const found = await seen(socket)
  const health = (await send(socket, 'system:health', {})).data
  tally.answered(elapsed() / STARTS, JSON.stringify([found, health]), `${file} ${what}`)
  const isTold = health['status'] !== 'healthy'
  if (JSON.stringify(found) !== JSON.stringify(whole) && !isTold)
    tally.add('silent loss', `${file} ${what}: ${JSON.stringify(found)} in place of ${JSON.stringify(whole)}`)
  await daemon.stop('attacked')
}

/** Every file that is kept is cut at many places, has bits flipped, and is emptied. */
export async function truncate(tally: Tally, { places }: { places: number }): Promise<string> {
  const left = await leaveHome()
  const scratch = mkdtempSync(join(tmpdir(), 'longhaul-cut-'))
  let files = 0
  try {
    const fresh = (): string => {
      const home = join(scratch, 'home')
      rmSync(home, { recursive: true, force: true })
      cpSync(left.home, home, { recursive: true, filter: (from) => !from.endsWith('.sock') && !from.endsWith('.pid') })
      return home
    }
    const untouched = fresh()
    const daemon = await begin(untouched)
    const whole = await seen(daemonPaths({ LONGHAUL_HOME: untouched }).socket)
    await daemon.stop('looked at')
    const kept = readdirSync(left.home, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !/\.pid$|-shm$/.test(entry.name))
      .map((entry) => relative(left.home, join(entry.parentPath, entry.name)))
    for (const file of kept) {
      files += 1
      const { size } = statSync(join(left.home, file))
      for (let nth = 0; nth < places; nth++) {
        const at = Math.floor((size * nth) / places)
        const home = fresh()
        truncateSync(join(home, file), at)
        await tryHome(home, file, `cut at ${at} of ${size}`, whole, tally)
        if (nth % 4 !== 0 || size === 0) continue
        const flipped = fresh()
        const bytes = readFileSync(join(flipped, file))
        bytes[at]! ^= 1 << (nth % 8)
        writeFileSync(join(flipped, file), bytes)
        await tryHome(flipped, file, `with a bit flipped at ${at}`, whole, tally)
      }
      if (existsSync(join(left.home, file))) {
        const home = fresh()
        rmSync(join(home, file))
        await tryHome(home, file, 'removed', whole, tally)
      }
    }
  } finally {
    await left.remove()
    rmSync(scratch, { recursive: true, force: true })
  }
  return `${files} files, each cut at ${places} places, with bits flipped, and removed`
}
