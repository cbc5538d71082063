import { execFile, execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { startBridge } from '../../src/daemon/bridge.ts'

// What the clients of KSI ask of a daemon: each before it sends, and what it reads of the answers.

const MAIN = resolve(import.meta.dirname, '../../src/cli/main.ts')
const home = mkdtempSync(join(tmpdir(), 'longhaul-ksi-'))
const socket = join(home, 'var/run/daemon.sock')
const env: NodeJS.ProcessEnv = { ...process.env, LONGHAUL_HOME: home, NO_COLOR: '1' }
for (const name of ['OPENAI_BASE_URL', 'ANTHROPIC_BASE_URL', 'LONGHAUL_TIME', 'LONGHAUL_FAIL_RATE']) delete env[name]
const longhaul = (...given: string[]): string =>
  execFileSync(process.execPath, [MAIN, ...given], { env, encoding: 'utf8' })

/** Lines that the readers of KSI's clients take. Bytes. */
const MAX_BYTES = 64 * 1024
const TALK = `name: talk
variables: { rounds: { type: integer, default: 2 } }
agents:
  hello: { profile: hello_agent, vars: { initial_prompt: Begin. } }
  goodbye: { profile: goodbye_agent }
routing:
  rules:
    - { pattern: 'talk:message', from: hello, to: goodbye }
    - { pattern: 'talk:message', from: goodbye, to: hello }
coordination:
  turn_taking: { mode: strict_alternation }
  termination: { conditions: [{ rounds: '{{rounds}}' }] }
`

type Line = Record<string, unknown> & { data: Record<string, unknown> }

/** A connection, line by line. */
class Client {
  readonly lines: Line[] = []
  readonly #socket: Socket
  #waiting: (() => void) | undefined

  constructor() {
    this.#socket = connect(socket)
    createInterface(this.#socket).on('line', (line) => {
      expect(Buffer.byteLength(line)).toBeLessThan(MAX_BYTES)
      this.lines.push(JSON.parse(line) as Line)
      this.#waiting?.()
    })
  }

  /** Sends a request, and gives its answer when it is there. */
  async send(event: string, data: object = {}): Promise<Line['data']> {
    const id = crypto.randomUUID()
    this.#socket.write(`${JSON.stringify({ event, data, correlation_id: id, _client_id: 'test' })}\n`)
    return (await this.until((line) => line['correlation_id'] === id)).data
  }

  async until(fits: (line: Line) => boolean): Promise<Line> {
    for (;;) {
      const found = this.lines.find(fits)
      if (found) return found
      await new Promise<void>((resolve) => (this.#waiting = resolve))
    }
  }

  close(): void {
    this.#socket.destroy()
  }
}

beforeAll(() => {
  writeFileSync(join(home, 'talk.yaml'), TALK)
  longhaul('daemon', 'start', '--latency', '5ms', '--patterns', home)
}, 60_000)
afterAll(() => {
  longhaul('daemon', 'stop')
  rmSync(home, { recursive: true })
}, 60_000)

describe('discovery', { timeout: 60_000 }, () => {
  test('sums up, lists, and tells all, in lines that clients can read', async () => {
    const client = new Client()
    const summary = await client.send('system:discover', { level: 'summary' })
    expect(summary).toMatchObject({
      _level: 'summary',
      namespaces: { orchestration: { count: expect.any(Number) as number, description: expect.any(String) as string } },
    })
    const { events, total, namespaces } = (await client.send('system:discover')) as {
      events: Record<string, { summary: string }>
      total: number
      namespaces: string[]
    }
    expect(Object.keys(events)).toHaveLength(total)
    expect(total).toBe(summary['total_events'])
    expect(namespaces).toContain('state')
    expect(Object.values(events).every(({ summary: about }) => about.length > 10)).toBe(true)
    const full = await client.send('system:discover', { level: 'full' })
    expect(Object.keys(full['events'] as object)).toHaveLength(total)
    client.close()
  })

  test('has filters, and says what an event takes by the types of Python', async () => {
    const client = new Client()
    const names = async (data: object): Promise<string[]> =>
      Object.keys((await client.send('system:discover', data))['events'] as object)
    expect(await names({ namespace: 'agent' })).toContain('agent:spawn')
    expect(await names({ event: 'state:entity:*' })).toHaveLength(5)
    expect(await names({ module: 'metrics' })).toContain('metrics:cost')
    expect(await client.send('system:discover', { event: 'orchestration:start', detail: true })).toMatchObject({
      events: {
        'orchestration:start': {
          parameters: { pattern: { type: 'str', required: true }, vars: { type: 'dict', required: false } },
        },
      },
    })
    expect(await client.send('system:discover', { level: 'deep' })).toMatchObject({ status: 'failed' })
    client.close()
  })

  test('helps with one event, as a person, and as a tool for a model', async () => {
    const client = new Client()
    expect(await client.send('system:help', { event: 'orchestration:list' })).toMatchObject({
      event: 'orchestration:list',
      summary: expect.stringContaining('Lists') as string,
      parameters: { limit: { type: 'int', required: false, default: 100, description: expect.any(String) as string } },
      usage: 'longhaul send orchestration:list',
    })
    expect(await client.send('system:help', { event: 'agent:spawn', format_style: 'mcp' })).toMatchObject({
      name: 'agent:spawn',
      inputSchema: { type: 'object', required: ['agent_id'], properties: { max_tokens: { type: 'integer' } } },
    })
    expect(await client.send('system:help', { event: 'agent:spwan' })).toMatchObject({
      error: 'Event not found: agent:spwan',
      hint: 'Did you mean "agent:spawn"?',
    })
    client.close()
  })
})

describe('pushes', { timeout: 60_000 }, () => {
  test('tell of an orchestration by the names of KSI, never before the answer, and with no id of a request', async () => {
    const client = new Client()
    await client.send('monitor:subscribe', { client_id: 'web', event_patterns: ['*'] })
    // Objects come as text from a command line.
    const started = await client.send('orchestration:start', { pattern: 'talk', vars: '{"rounds": 2}' })
    const run = String(started['orchestration_id'])
    await client.until(({ event_name: name }) => name === 'orchestration:terminated')
    client.close()
    const answered = client.lines.findIndex(({ data }) => data['orchestration_id'] === run)
    expect(client.lines[answered]).toMatchObject({ event: 'orchestration:start' })
    const pushed = client.lines.filter((line) => 'event_name' in line)
    expect(client.lines.indexOf(pushed[0]!)).toBeGreaterThan(answered)
    expect(pushed.some((line) => 'correlation_id' in line)).toBe(false)
    const told = pushed.filter(({ event_name: name }) => /^(agent|orchestration):/.test(String(name)))
    const [hello, goodbye] = [`${run}_hello`, `${run}_goodbye`]
    expect(told.map(({ event_name: name, data }) => [name, data['agent_id'] ?? data['to_agents'] ?? null])).toEqual([
      ['agent:spawned', hello],
      ['agent:spawned', goodbye],
      ['orchestration:started', null],
      ['orchestration:message', [goodbye]],
      ['orchestration:message', [hello]],
      ['orchestration:message', [goodbye]],
      ['orchestration:message', [hello]],
      ['agent:terminated', hello],
      ['agent:terminated', goodbye],
      ['orchestration:completed', null],
      ['orchestration:terminated', null],
    ])
    expect(told[0]!.data).toMatchObject({ orchestration_id: run, profile: 'hello_agent' })
    expect(told[2]!.data).toMatchObject({ orchestration_id: run, pattern: 'talk', agents: [hello, goodbye] })
    expect(told.at(-1)!.data).toMatchObject({
      orchestration_id: run,
      reason: 'completed',
      duration: expect.any(Number) as number,
      message_count: 4,
    })
  })

  test('tell of entities and relationships, which have the ids of KSI as well as ours', async () => {
    const client = new Client()
    await client.send('monitor:subscribe', { event_patterns: ['state:*'] })
    await client.send('state:entity:create', { type: 'team', id: 'a', properties: { name: 'A' } })
    await client.send('state:entity:create', { type: 'team', id: 'b' })
    expect(
      await client.send('state:relationship:create', { from_id: 'a', to_id: 'b', relation_type: 'knows' }),
    ).toMatchObject({ from: 'a', from_id: 'a', to_id: 'b', relation_type: 'knows' })
    expect(await client.send('state:relationship:query', { from_id: 'a' })).toMatchObject({
      relationships: [{ from: 'a', to: 'b', type: 'knows', from_id: 'a', to_id: 'b', relation_type: 'knows' }],
    })
    expect(await client.send('state:relationship:query', { from: 'a', from_id: 'b' })).toMatchObject({
      status: 'failed',
      error: expect.stringContaining('is set twice') as string,
    })
    await client.send('state:relationship:delete', { from: 'a', to: 'b', type: 'knows' })
    await client.send('state:entity:delete', { id: 'a' })
    await client.until(({ event_name: name }) => name === 'state:entity:deleted')
    client.close()
    const pushed = client.lines.filter((line) => 'event_name' in line)
    expect(pushed.map(({ event_name: name, data }) => [name, data['id'] ?? data['from_id']])).toEqual([
      ['state:entity:created', 'a'],
      ['state:entity:created', 'b'],
      ['state:relationship:created', 'a'],
      ['state:relationship:deleted', 'a'],
      ['state:entity:deleted', 'a'],
    ])
  })

  test('say when a run is suspended, and its agents stay', async () => {
    const client = new Client()
    await client.send('monitor:subscribe', { event_patterns: ['orchestration:*', 'agent:*'] })
    const { orchestration_id: run } = await client.send('orchestration:start', {
      pattern: 'talk',
      vars: { rounds: 10_000 },
    })
    await client.send('orchestration:suspend', { orchestration_id: run })
    await client.until(({ event_name: name }) => name === 'orchestration:suspended')
    await client.send('orchestration:terminate', { orchestration_id: run })
    await client.until(({ event_name: name }) => name === 'orchestration:terminated')
    client.close()
    const names = client.lines.map(({ event_name: name }) => name)
    expect(names.indexOf('agent:terminated')).toBeGreaterThan(names.indexOf('orchestration:suspended'))
    expect(names).not.toContain('orchestration:completed')
  })
})

test('an event that a client says goes whither the rules send it', { timeout: 60_000 }, async () => {
  const client = new Client()
  const { orchestration_id: run } = await client.send('orchestration:start', {
    pattern: 'talk',
    vars: { rounds: 10_000 },
  })
  await client.send('monitor:subscribe', { event_patterns: ['message.sent'] })
  expect(
    await client.send('orchestration:message', {
      orchestration_id: run,
      from_agent: `${String(run)}_hello`,
      event: 'talk:message',
      payload: '{"text": "from outside"}',
    }),
  ).toMatchObject({ status: 'routed', event: 'talk:message' })
  expect(await client.send('orchestration:message', { orchestration_id: run })).toMatchObject({ status: 'failed' })
  await client.until(({ event_name: name }) => name === 'message.sent')
  await client.send('orchestration:terminate', { orchestration_id: run })
  client.close()
})

describe('the bridge', { timeout: 60_000 }, () => {
  test('keeps a client without a daemon, says so, and joins it to one that starts', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'longhaul-bridge-'))
    const path = join(elsewhere, 'var/run/daemon.sock')
    const bridge = await startBridge({ socket: path, port: 0 })
    const client = new WebSocket(bridge.url, { origin: 'http://localhost:8080' })
    const said: { event: string; data: { error?: string } }[] = []
    client.on('message', (text) => said.push(JSON.parse(String(text)) as (typeof said)[number]))
    const next = async (event: string): Promise<(typeof said)[number]> => {
      for (;;) {
        const found = said.find((each) => each.event === event)
        if (found) return found
        await once(client, 'message')
      }
    }
    expect((await next('bridge:error')).data.error).toBe(`No daemon answers at ${path}.`)
    said.length = 0
    client.send(JSON.stringify({ event: 'system:health' }))
    await next('bridge:error')
    expect(client.readyState).toBe(WebSocket.OPEN)
    const own = { ...env, LONGHAUL_HOME: elsewhere }
    await promisify(execFile)(process.execPath, [MAIN, 'daemon', 'start'], { env: own })
    await next('bridge:connected')
    client.send(JSON.stringify({ event: 'system:health' }))
    expect((await next('system:health')).data).toMatchObject({ status: 'healthy' })
    // This process does nothing while the daemon stops: its connection does not keep it from that.
    execFileSync(process.execPath, [MAIN, 'daemon', 'stop'], { env: own })
    await once(client, 'close')
    await bridge.close()
    rmSync(elsewhere, { recursive: true })
  })
})
