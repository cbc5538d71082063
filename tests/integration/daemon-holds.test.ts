import { once } from 'node:events'
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, afterEach, expect, test, vi } from 'vitest'
import { DaemonSilentError, send, type DaemonPaths } from '../../src/daemon/index.ts'
import { daemonPaths } from '../../src/daemon/paths.ts'
import { startDaemon, type Daemon } from '../../src/daemon/server.ts'
import { RunStore } from '../../src/store/index.ts'
import { SimulatedServices } from '../../src/systems/simulated-services.ts'

// What one message, one client, one file or one run does to a daemon: nothing to all others.

const PATTERNS = resolve(import.meta.dirname, '../../fixtures/orchestrations')
const root = mkdtempSync(join(tmpdir(), 'longhaul-holds-'))
const running = new Set<Daemon>()
let homes = 0

afterEach(async () => {
  vi.restoreAllMocks()
  for (const daemon of running) await daemon.stop('the test is over')
  running.clear()
})
afterAll(() => rmSync(root, { recursive: true }))

type Data = Readonly<Record<string, unknown>>

const freshPaths = (): DaemonPaths => daemonPaths({ LONGHAUL_HOME: join(root, String((homes += 1))) })

async function begin(paths: DaemonPaths, patterns: readonly string[] = [PATTERNS]): Promise<Daemon> {
  const daemon = await startDaemon(paths, {
    settings: {},
    patterns,
    simulate: (clock) => new SimulatedServices({ latency: '2ms', clock }),
  })
  running.add(daemon)
  return daemon
}

async function end(daemon: Daemon): Promise<void> {
  running.delete(daemon)
  await daemon.stop('told to')
}

const ask = async ({ socket }: DaemonPaths, event: string, data: object = {}): Promise<Data> =>
  (await send(socket, event, data)).data

async function line({ socket }: DaemonPaths, text: string): Promise<Data> {
  const client = connect(socket)
  client.write(`${text}\n`)
  for await (const answer of createInterface(client)) {
    client.destroy()
    return JSON.parse(answer) as Data
  }
  throw new Error('The connection was closed without an answer.')
}

async function finished(paths: DaemonPaths, id: unknown): Promise<Data> {
  for (;;) {
    const status = await ask(paths, 'orchestration:status', { orchestration_id: id })
    if (status['state'] !== 'running') return status
  }
}

test.each([
  ['an id that is no text', '{"event":"system:health","correlation_id":{"toString":1,"valueOf":1}}', /correlation_id/],
  ['lists within lists', `{"event":"system:health","data":{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}}`, /nested/],
  [
    'a text with lists within lists',
    JSON.stringify({ event: 'orchestration:start', data: { pattern: 'x', vars: `${'['.repeat(9_000)}` } }),
    /vars is/,
  ],
  ['an id of a megabyte', `{"event":"system:health","correlation_id":"${'x'.repeat(900_000)}"}`, /at most 256/],
])('%s is refused in words of the protocol', async (_, text, said) => {
  const paths = freshPaths()
  await begin(paths)
  const { error, data } = await line(paths, text)
  expect(String(error ?? (data as Data)['error'])).toMatch(said)
  expect(await ask(paths, 'system:health')).toMatchObject({ status: 'healthy' })
})

test('hundreds of megabytes of entities are told page by page', { timeout: 60_000 }, async () => {
  const paths = freshPaths()
  await begin(paths)
  const text = 'x'.repeat(900_000)
  for (let nth = 0; nth < 40; nth++)
    await ask(paths, 'state:entity:create', { type: 'large', id: `large-${nth}`, properties: { text } })
  expect(await ask(paths, 'state:entity:query', { limit: 10_000 })).toMatchObject({ count: 1, next_offset: 1 })
  expect(await ask(paths, 'state:entity:query', { offset: 39, limit: 10_000 })).toMatchObject({
    entities: [{ id: 'large-39' }],
  })
})

test('an answer is the line with the id of the request, whatever is pushed before it', async () => {
  const socket = join(root, 'pushing.sock')
  const server = createServer((client: Socket) => {
    createInterface(client).on('line', (request) => {
      const { correlation_id: id } = JSON.parse(request) as { correlation_id: string }
      client.write('{"event_name":"agent:spawned","data":{"status":"created"}}\n')
      client.write('{"event":"system:shutdown_notification","data":{"reason":"x"}}\n')
      client.write('{"event":"agent:list","data":{"status":"of another"},"correlation_id":"another"}\n')
      client.write(`${JSON.stringify({ event: 'agent:list', data: { status: 'mine' }, correlation_id: id })}\n`)
    })
  }).listen(socket)
  await once(server, 'listening')
  expect(await send(socket, 'agent:list', {})).toMatchObject({ data: { status: 'mine' } })
  server.close()
})

test('a daemon that does not answer is told of with what was waited for', async () => {
  const socket = join(root, 'silent.sock')
  const clients: Socket[] = []
  const server = createServer((client) => void clients.push(client)).listen(socket)
  await once(server, 'listening')
  const asked = send(socket, 'system:health', {}, { withinMs: 50 })
  await expect(asked).rejects.toThrow(DaemonSilentError)
  await expect(asked).rejects.toThrow(/did not answer system:health within 0\.05 s/)
  for (const client of clients) client.destroy()
  server.close()
})

test('nothing but a dead socket is taken away for the socket', async () => {
  const paths = { ...freshPaths(), socket: join(root, 'precious.txt') }
  writeFileSync(paths.socket, 'precious')
  await expect(begin(paths)).rejects.toThrow(/precious\.txt is not a socket\. longhaul leaves the file unchanged/)
  expect(readFileSync(paths.socket, 'utf8')).toBe('precious')
  const other = freshPaths()
  await begin(other)
  // Another home, the same socket.
  await expect(begin({ ...freshPaths(), socket: other.socket })).rejects.toThrow(/A daemon already answers at /)
  expect(await ask(other, 'system:health')).toMatchObject({ status: 'healthy' })
})

test('files and folders that were there are taken from others', async () => {
  const paths = freshPaths()
  const daemon = await begin(paths)
  await end(daemon)
  const folders = ['run', 'state', 'logs'].map((name) => join(paths.home, 'var', name))
  const files = folders.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
  for (const folder of folders) chmodSync(folder, 0o777)
  for (const file of files) chmodSync(file, 0o666)
  await begin(paths)
  for (const file of [...folders, paths.store, paths.events, paths.pid, paths.socket])
    expect(statSync(file).mode & 0o077, file).toBe(0)
})

test('LONGHAUL_HOME and KSI_SOCKET_PATH that are empty, or lead nowhere, are told', async () => {
  expect(() => daemonPaths({ LONGHAUL_HOME: '' })).toThrow('LONGHAUL_HOME is set and empty. Give a path, or unset it.')
  expect(() => daemonPaths({ KSI_SOCKET_PATH: ' ' })).toThrow('KSI_SOCKET_PATH is set and empty.')
  await expect(begin(daemonPaths({ LONGHAUL_HOME: '/proc/x' }))).rejects.toThrow(
    /The daemon cannot keep its files in \/proc\/x/,
  )
})

test('patterns come from named folders, wherever names and links lead', async () => {
  const folder = join(root, 'patterns')
  const secret = join(root, 'secret.yaml')
  mkdirSync(folder)
  writeFileSync(secret, 'password: hunter2\nvariables: { token: hunter2 }\n')
  symlinkSync(secret, join(folder, 'link.yaml'))
  writeFileSync(join(folder, 'extending.yaml'), 'extends: ../secret\n')
  cpSync(join(PATTERNS, 'session_recovery.yaml'), join(folder, 'mine.yaml'))
  const paths = freshPaths()
  await begin(paths, [folder])
  for (const pattern of [
    secret,
    '../secret.yaml',
    '../secret',
    'link',
    'link.yaml',
    'extending',
    'x/../../secret.yaml',
  ])
    for (const event of ['orchestration:load_pattern', 'orchestration:start']) {
      const answer = await ask(paths, event, { pattern })
      expect(answer, pattern).toMatchObject({ status: 'failed' })
      expect(JSON.stringify(answer), pattern).not.toContain('hunter2')
    }
  const text = 'extends: ../secret\nname: x\n'
  const given = await ask(paths, 'orchestration:load_pattern', {
    pattern: 'x',
    pattern_files: [{ file: join(folder, 'x.yaml'), text }],
  })
  expect(JSON.stringify(given)).not.toContain('hunter2')
  expect(await ask(paths, 'orchestration:load_pattern', { pattern: 'mine' })).toMatchObject({ status: 'loaded' })
  expect(await ask(paths, 'orchestration:load_pattern', { pattern: join(folder, 'mine.yaml') })).toMatchObject({
    status: 'loaded',
  })
})

test('a run goes on with the pattern it was begun with, when that is gone and the daemon stands elsewhere', async () => {
  const folder = mkdtempSync(join(root, 'moved-'))
  cpSync(join(PATTERNS, 'session_recovery.yaml'), join(folder, 'moved.yaml'))
  const paths = freshPaths()
  const first = await begin(paths, [folder])
  const { orchestration_id: id } = await ask(paths, 'orchestration:start', {
    pattern: 'moved',
    vars: { max_rounds: 60, pause: '2ms' },
  })
  await end(first)
  rmSync(folder, { recursive: true })
  await begin(paths, [])
  expect(await finished(paths, id)).toMatchObject({ state: 'completed', result: { rounds: 60, total: 180 } })
})

test('what is over has its result, cost, agents and variables after a restart', async () => {
  const paths = freshPaths()
  const first = await begin(paths)
  const started = await ask(paths, 'orchestration:start', { pattern: 'session_recovery', vars: { max_rounds: 2 } })
  const id = started['orchestration_id']
  const before = await finished(paths, id)
  const cost = await ask(paths, 'orchestration:cost_status', { orchestration_id: id })
  await end(first)
  await begin(paths)
  const { _timestamp, _response_id, ...known } = before
  expect(await ask(paths, 'orchestration:status', { orchestration_id: id })).toMatchObject(known)
  expect(await ask(paths, 'orchestration:cost_status', { orchestration_id: id })).toMatchObject({
    known: cost['known'],
  })
  expect(await ask(paths, 'state:get', { orchestration_id: id, name: 'max_rounds' })).toMatchObject({ value: 2 })
})

test('a run in which two daemons stood still is not taken up again, and told', async () => {
  const paths = freshPaths()
  const first = await begin(paths)
  const started = await ask(paths, 'orchestration:start', {
    pattern: 'session_recovery',
    vars: { max_rounds: 5_000, pause: '20ms' },
  })
  const id = String(started['orchestration_id'])
  await end(first)
  // What the other thread leaves where a daemon is killed that stands still.
  writeFileSync(paths.busyRun, id)
  const second = await begin(paths)
  expect(await ask(paths, 'orchestration:status', { orchestration_id: id })).toMatchObject({ state: 'running' })
  await end(second)
  writeFileSync(paths.busyRun, id)
  await begin(paths)
  expect(await ask(paths, 'orchestration:status', { orchestration_id: id })).toMatchObject({
    state: 'suspended',
    error: expect.stringContaining('2 daemons hung and were killed while they ran this orchestration') as string,
  })
  expect(await ask(paths, 'orchestration:resume', { orchestration_id: id })).toMatchObject({ status: 'resumed' })
  await ask(paths, 'orchestration:terminate', { orchestration_id: id })
})

test('an event log that is removed while it is in use is begun anew, and told', async () => {
  const paths = freshPaths()
  await begin(paths)
  await ask(paths, 'state:entity:create', { type: 'thing', id: 'before' })
  unlinkSync(paths.events)
  await ask(paths, 'state:entity:create', { type: 'thing', id: 'after' })
  expect(readFileSync(paths.events, 'utf8')).toContain('"after"')
  expect(await ask(paths, 'system:health')).toMatchObject({
    status: 'degraded',
    problems: [expect.stringMatching(/event_log_current\.jsonl was removed while it was in use/)],
  })
})

test('a store that is cut while it is in use is told of', async () => {
  const paths = freshPaths()
  const first = await begin(paths)
  for (let nth = 0; nth < 20; nth++)
    await ask(paths, 'state:entity:create', { type: 'thing', properties: { text: 'x'.repeat(3_000) } })
  // What was written is in the file itself when the store is closed.
  await end(first)
  await begin(paths)
  expect(await ask(paths, 'system:health')).toMatchObject({ status: 'healthy' })
  truncateSync(paths.store, 30_000)
  expect(await ask(paths, 'system:health')).toMatchObject({
    status: 'degraded',
    problems: [expect.stringMatching(/ksi_state\.db was truncated from \d+ to 30000 bytes/)],
  })
})

test('a run of which something was changed is told of by its file, and keeps no other one from going on', async () => {
  const paths = freshPaths()
  const first = await begin(paths)
  const start = async (): Promise<string> =>
    String(
      (
        await ask(paths, 'orchestration:start', { pattern: 'session_recovery', vars: { max_rounds: 40, pause: '2ms' } })
      )['orchestration_id'],
    )
  const [damaged, whole] = [await start(), await start()]
  await end(first)
  const database = new DatabaseSync(paths.store)
  // It is still JSON, and still a state.
  database.prepare("UPDATE runs SET state = replace(state, 'max_rounds', 'maw_rounds') WHERE id = ?").run(damaged)
  database.close()
  await begin(paths)
  expect(await finished(paths, whole)).toMatchObject({ state: 'completed' })
  expect(await ask(paths, 'orchestration:status', { orchestration_id: damaged })).toMatchObject({
    error: expect.stringMatching(/is damaged \(its checksum does not match\)/) as string,
  })
  expect(await ask(paths, 'system:health')).toMatchObject({
    status: 'degraded',
    problems: [expect.stringContaining(`the state of ${damaged} in ${paths.store} is damaged`)],
  })
})

test('durations do not go back with the wall clock', async () => {
  const paths = freshPaths()
  await begin(paths)
  const { orchestration_id: id } = await ask(paths, 'orchestration:start', {
    pattern: 'session_recovery',
    vars: { max_rounds: 5_000, pause: '20ms' },
  })
  const real = Date.now
  const wall = vi.spyOn(Date, 'now').mockImplementation(() => real() - 3_600_000)
  const { duration } = await ask(paths, 'orchestration:status', { orchestration_id: id })
  expect(Number(duration)).toBeGreaterThanOrEqual(0)
  expect(Number((await ask(paths, 'system:health'))['uptime'])).toBeGreaterThanOrEqual(0)
  wall.mockRestore()
  await ask(paths, 'orchestration:terminate', { orchestration_id: id })
})

test(
  'a run ends, with its whole duration, though the wall clock is set back under it',
  { timeout: 60_000 },
  async () => {
    const paths = freshPaths()
    await begin(paths)
    const { orchestration_id: id } = await ask(paths, 'orchestration:start', {
      pattern: 'parallel_pattern',
    })
    const real = Date.now
    const wall = vi.spyOn(Date, 'now').mockImplementation(() => real() - 3_600_000)
    try {
      const { state, duration } = await finished(paths, id)
      expect(state).toBe('completed')
      expect(Number(duration)).toBeGreaterThan(0)
      expect(Number(duration)).toBeLessThan(60)
    } finally {
      wall.mockRestore()
    }
  },
)

test('silent clients make room for the one that asks', { timeout: 60_000 }, async () => {
  const paths = freshPaths()
  const daemon = await begin(paths)
  const silent: Socket[] = []
  for (let nth = 0; nth < 230; nth++) {
    const client = connect(paths.socket).on('error', () => {})
    silent.push(client)
    await once(client, 'connect')
  }
  expect(await ask(paths, 'system:health')).toMatchObject({ status: 'healthy' })
  for (const client of silent) client.destroy()
  await end(daemon)
})

test('the memory of a store says what is lost of a write-ahead log that was cut between two pages', () => {
  const file = join(root, 'cut.db')
  const store = new RunStore(file)
  for (let nth = 0; nth < 10; nth++) store.entities.create(`entity-${nth}`, 'thing', {})
  cpSync(file, `${file}.copy`)
  cpSync(`${file}-wal`, `${file}.copy-wal`)
  cpSync(`${file}-count`, `${file}.copy-count`)
  store.close()
  const size = statSync(`${file}.copy-wal`).size
  const page = 24 + 4_096
  truncateSync(`${file}.copy-wal`, size - 2 * page)
  const cut = new RunStore(`${file}.copy`)
  expect(cut.problems).toEqual([expect.stringMatching(/lacks its newest \d+ changes: the file was truncated/)])
  cut.close()
})
