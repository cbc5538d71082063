import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { on, once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'

const MAIN = resolve(import.meta.dirname, '../../src/cli/main.ts')
const home = mkdtempSync(join(tmpdir(), 'longhaul-daemon-'))
const socket = join(home, 'var/run/daemon.sock')
const store = join(home, 'var/state/ksi_state.db')
const env: NodeJS.ProcessEnv = { ...process.env, LONGHAUL_HOME: home, NO_COLOR: '1' }
for (const name of ['OPENAI_BASE_URL', 'ANTHROPIC_BASE_URL', 'LONGHAUL_TIME', 'LONGHAUL_FAIL_RATE']) delete env[name]
/** Simulated services whose answers take milliseconds. */
const FLAGS = ['--latency', '5ms', '--patterns', resolve(import.meta.dirname, '../../fixtures/orchestrations')]

/** Runs a command as a user does. */
const longhaul = (...given: string[]): Promise<Ended> => execute(process.execPath, [MAIN, ...given], env)

interface Ended {
  code: number
  stdout: string
  stderr: string
}

function execute(program: string, given: readonly string[], surroundings: NodeJS.ProcessEnv): Promise<Ended> {
  return new Promise((done) => {
    execFile(program, given, { env: surroundings }, (error, stdout, stderr) =>
      done({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    )
  })
}

type Data = Record<string, unknown>

/** Sends requests on one connection and gives their answers. */
async function talk(
  ...requests: (object | string)[]
): Promise<{ data: Data; correlation_id: unknown; error?: string }[]> {
  const client = connect(socket)
  await once(client, 'connect')
  for (const request of requests) client.write(`${typeof request === 'string' ? request : JSON.stringify(request)}\n`)
  const answers: { data: Data; correlation_id: unknown }[] = []
  for await (const line of createInterface(client)) {
    answers.push(JSON.parse(line) as { data: Data; correlation_id: unknown })
    if (answers.length === requests.length) break
  }
  client.destroy()
  return answers
}

const ask = async (event: string, data: object = {}): Promise<Data> => (await talk({ event, data }))[0]!.data

/** Asks until the answer is as it should be. */
async function until(event: string, data: object, fits: (answer: Data) => boolean): Promise<Data> {
  for (;;) {
    const answer = await ask(event, data)
    if (fits(answer)) return answer
  }
}

const pid = (): number => Number(readFileSync(join(home, 'var/run/ksi_daemon.pid'), 'utf8'))

beforeAll(async () => {
  expect(await longhaul('daemon', 'start', ...FLAGS)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('simulated in its process, which costs nothing') as string,
  })
}, 60_000)

afterAll(async () => {
  await longhaul('daemon', 'stop')
  rmSync(home, { recursive: true })
}, 60_000)

const start = async (vars: object): Promise<string> =>
  String((await ask('orchestration:start', { pattern: 'session_recovery', vars }))['orchestration_id'])

describe('the commands', { timeout: 60_000 }, () => {
  test('health, status, and files for their owner only', async () => {
    expect(JSON.parse((await longhaul('daemon', 'health')).stdout)).toMatchObject({ status: 'healthy', pid: pid() })
    expect((await longhaul('daemon', 'status')).stdout).toMatch(/runs, \d+ orchestration/)
    expect(statSync(socket).mode & 0o077).toBe(0)
    expect(statSync(store).mode & 0o077).toBe(0)
  })

  test('send reads values as JSON, and keys with a dash', async () => {
    const started = await longhaul(
      'send',
      'orchestration:start',
      '--pattern',
      'session_recovery',
      '--vars',
      '{"max_rounds": 2}',
    )
    expect(started.code).toBe(0)
    const { orchestration_id: id, agents } = JSON.parse(started.stdout) as {
      orchestration_id: string
      agents: string[]
    }
    expect(id).toMatch(/^orch_[0-9a-f]{8}$/)
    expect(agents).toEqual(['analyst', 'critic', 'editor'].map((name) => `${id}_${name}`))
    const done = await until('orchestration:status', { orchestration_id: id }, ({ state }) => state === 'completed')
    expect(done).toMatchObject({ message_count: 6, result: { total: 6 } })
    const cost = await longhaul('send', 'orchestration:cost_status', '--orchestration-id', id)
    expect(JSON.parse(cost.stdout)).toMatchObject({ calls: 6, known: expect.stringMatching(/^\$0\.\d+$/) as string })
  })

  test('an unknown event, a wrong pattern and a wrong line exit with a code that tells', async () => {
    const unknown = await longhaul('send', 'orchestration:strat')
    expect(unknown).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Did you mean "orchestration:start"?') as string,
    })
    const missing = await longhaul('send', 'orchestration:start', '--pattern', 'none')
    expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining('There is no pattern "none".') as string })
    expect((await longhaul('send', 'system:health', 'oops')).code).toBe(2)
    expect((await longhaul('daemon', 'start')).stderr).toContain('A daemon answers')
    expect((await longhaul('help', 'orchestration:suspend')).stdout).toContain('--orchestration-id')
  })

  test('a table for people, without colours where nobody wants them', async () => {
    const list = await longhaul('send', 'agent:list', '--all', '--output-format', 'table')
    expect(list.stdout).toMatch(
      /^status {2}success\ncount {3}\d+\ntotal {3}\d+\n\nagents\nagent_id +status +profile +created_at\norch_\w+_analyst +finished +/,
    )
    expect(list.stdout).not.toContain('\u001b')
    expect((await longhaul('send', 'agent:list', '--output-format', 'xml')).stderr).toContain(
      'Give table, json, pretty.',
    )
  })

  test('another daemon on the same files is refused', async () => {
    expect((await longhaul('daemon', 'run')).stderr).toMatch(/A daemon answers at .* already/)
  })
})

describe('the protocol', { timeout: 60_000 }, () => {
  test('answers in order, with correlation ids', async () => {
    const answers = await talk(
      { event: 'system:health', correlation_id: 'one' },
      { event: 'agent:list', correlation_id: 'two' },
      { event: 'nothing:here' },
      'no json',
      { data: {} },
    )
    expect(answers.map(({ correlation_id: id }) => id)).toEqual(['one', 'two', null, undefined, undefined])
    expect(answers[0]!.data).toMatchObject({
      status: 'healthy',
      _response_id: expect.stringMatching(/^resp_/) as string,
    })
    expect(answers[2]!.data).toMatchObject({ error: 'Unknown event: nothing:here', status: 'failed' })
    expect(answers[3]).toMatchObject({ error: expect.stringContaining('Invalid JSON') as string })
    expect(answers[4]).toEqual({ error: 'Missing event name' })
  })

  test('subscribers get events as they happen', async () => {
    const client = connect(socket)
    await once(client, 'connect')
    client.write(`${JSON.stringify({ event: 'monitor:subscribe', data: { event_patterns: ['gather.*'] } })}\n`)
    const names: string[] = []
    const id = await start({ max_rounds: 2, pause: '50ms' })
    for await (const line of createInterface(client)) {
      const { event_name: name, orchestration_id: of } = JSON.parse(line) as {
        event_name?: string
        orchestration_id?: string
      }
      if (name && of === id) names.push(name)
      if (names.filter((each) => each === 'gather.ended').length === 1) break
    }
    client.destroy()
    expect(names).toContain('gather.ended')
    expect(names.every((name) => name.startsWith('gather.'))).toBe(true)
  })

  test('garbage does not stop it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('latin1')),
        ),
        async (text) => {
          const line = text.replaceAll(/[\r\n]/g, ' ')
          if (line.trim() === '') return
          const [answer] = await talk(line)
          expect(answer).toBeTypeOf('object')
        },
      ),
      { numRuns: 100, seed: 1 },
    )
    expect(await ask('system:health')).toMatchObject({ status: 'healthy' })
  })

  test('a line without end closes its connection, not the daemon', async () => {
    const client = connect(socket)
    client.on('error', () => {})
    client.resume()
    client.write('x'.repeat(2 * 1024 * 1024))
    // Broken pipe or closed in good order: what counts is that it is closed.
    await new Promise((closed) => client.once('close', closed))
    expect(await ask('system:health')).toMatchObject({ status: 'healthy' })
  })
})

describe('what can be asked and said while it runs', { timeout: 60_000 }, () => {
  test('agents are added and told something; what they remember, tried and spent can be seen', async () => {
    const id = await start({ max_rounds: 400, pause: '5ms' })
    expect(
      await ask('agent:spawn', { orchestration_id: id, agent_id: 'guest', profile: 'guest', model: 'gpt-4.1-nano' }),
    ).toMatchObject({
      status: 'created',
      agent_id: `${id}_guest`,
      config: { model: 'gpt-4.1-nano' },
    })
    expect(await ask('agent:send_message', { agent_id: `${id}_guest`, message: 'Welcome.' })).toMatchObject({
      status: 'queued',
    })
    // From the next round on the guest is asked too.
    await until('agent:trace', { agent_id: `${id}_guest` }, ({ events }) =>
      (events as { event_name: string }[]).some(({ event_name: name }) => name === 'cost.claimed'),
    )
    const { variables } = await ask('state:get', { orchestration_id: id })
    expect((variables as { agents: string[] }).agents).toEqual(['analyst', 'critic', 'editor', 'guest'])
    expect(await ask('state:get', { orchestration_id: id, name: 'max_rounds' })).toMatchObject({ value: 400 })
    expect(await ask('state:get', { orchestration_id: id, name: 'none' })).toMatchObject({ status: 'failed' })
    const { sessions } = await ask('completion:sessions', { orchestration_id: id })
    expect(
      (sessions as { session_id: string; messages: number }[]).find(({ session_id: of }) => of === `${id}_analyst`)!
        .messages,
    ).toBeGreaterThan(1)
    const { stats } = await ask('completion:retry_status', { orchestration_id: id })
    expect((stats as { requests: number }).requests).toBeGreaterThan(3)
    expect(await ask('completion:provider_status', { orchestration_id: id })).toMatchObject({
      providers: { 'openai/gpt-4o-mini': { circuit_breaker: { is_open: false } } },
    })
    const other = await start({ max_rounds: 1 })
    await until('orchestration:status', { orchestration_id: other }, ({ state }) => state === 'completed')
    const { orchestrations } = await ask('metrics:compare', { orchestration_ids: [id, other] })
    expect(orchestrations).toMatchObject([{ duration_ratio: 1, cost_ratio: 1 }, { messages: 3 }])
    expect(await ask('metrics:cost')).toMatchObject({ known: expect.stringMatching(/^\$/) as string })
    await ask('orchestration:terminate', { orchestration_id: id })
    expect(await ask('agent:send_message', { agent_id: `${id}_guest`, message: 'Still there?' })).toMatchObject({
      status: 'failed',
    })
  })
})

describe('completions that clients ask for', { timeout: 60_000 }, () => {
  const finished = (id: unknown): Promise<Data> =>
    until('completion:status', { request_id: id }, ({ state }) => state !== 'queued' && state !== 'running')

  test('are answered in the order of their session, and told of', async () => {
    const client = connect(socket)
    await once(client, 'connect')
    client.write(`${JSON.stringify({ event: 'monitor:subscribe', data: { event_patterns: ['completion:*'] } })}\n`)
    const requests = ['first', 'second', 'third'].map((id) => ({
      event: 'completion:async',
      data: { request_id: id, session_id: 'talk', prompt: `The ${id}.` },
    }))
    expect((await talk(...requests)).map(({ data }) => data['status'])).toEqual(['queued', 'queued', 'queued'])
    const results: Data[] = []
    for await (const line of createInterface(client)) {
      const { event_name: name, data } = JSON.parse(line) as { event_name?: string; data: Data }
      if (name === 'completion:result') results.push(data)
      if (results.length === 3) break
    }
    client.destroy()
    expect(results.map(({ request_id: id }) => id)).toEqual(['first', 'second', 'third'])
    // The later ones carry what was said before.
    const tokens = results.map(({ usage }) => (usage as { input: number }).input)
    expect(tokens).toEqual(tokens.toSorted((a, b) => a - b))
    expect(await ask('completion:session_status', { session_id: 'talk' })).toMatchObject({
      completions: [{ status: 'completed' }, { status: 'completed' }, { status: 'completed' }],
      queue: { queued: 0, running: 0 },
    })
    expect(await ask('completion:async', { request_id: 'first', prompt: 'Again.' })).toMatchObject({
      error: 'There is a completion "first" already.',
    })
    const { agents } = await ask('completion:token_usage')
    expect(agents).toContainEqual(
      expect.objectContaining({ calls: 3, input_tokens: tokens.reduce((sum, each) => sum + each, 0) }),
    )
  })

  test('can be cancelled, and are refused where they make no sense', async () => {
    // The second waits for the first of its session. In one go, as answers take 5 ms.
    const [, , cancelled] = await talk(
      { event: 'completion:async', data: { request_id: 'long', session_id: 'busy', prompt: 'A long one.' } },
      { event: 'completion:async', data: { request_id: 'waits', session_id: 'busy', prompt: 'Another.' } },
      { event: 'completion:cancel', data: { request_id: 'waits' } },
    )
    expect(cancelled!.data).toMatchObject({ status: 'cancelling' })
    expect(await finished('waits')).toMatchObject({ state: 'cancelled' })
    expect(await finished('long')).toMatchObject({ state: 'completed' })
    expect(await ask('completion:cancel', { request_id: 'long' })).toMatchObject({
      error: 'The completion "long" is completed and cannot be cancelled.',
    })
    expect(await ask('completion:async')).toMatchObject({ status: 'failed' })
    expect(await ask('completion:async', { messages: [{ role: 'nobody', content: '' }] })).toMatchObject({
      error: expect.stringContaining('messages[0]') as string,
    })
    expect(await ask('completion:async', { model: 'gpt-4o-mini', prompt: 'x', session_id: [7] })).toMatchObject({
      error: 'session_id is [7]: give a text.',
    })
  })

  test('asked of an agent, they go into its conversation', async () => {
    const id = await start({ max_rounds: 400, pause: '20ms' })
    const { request_id: request } = await ask('completion:async', { agent_id: `${id}_critic`, prompt: 'Between us?' })
    expect(await finished(request)).toMatchObject({ state: 'completed', session_id: `${id}_critic` })
    const { events } = await ask('monitor:get_session_events', { session_id: `${id}_critic` })
    const names = (events as { event_name: string }[]).map(({ event_name: name }) => name)
    expect(names).toEqual(expect.arrayContaining(['cost.claimed', 'completion:result']))
    await ask('orchestration:request_termination', { orchestration_id: id })
    await until('orchestration:status', { orchestration_id: id }, ({ state }) => state === 'terminated')
  })

  test('survive SIGKILL: those that were not answered are asked by the next daemon', async () => {
    const ids = Array.from({ length: 30 }, (_, index) => `kept-${index}`)
    await talk(
      ...ids.map((id) => ({ event: 'completion:async', data: { request_id: id, session_id: 's', prompt: id } })),
    )
    process.kill(pid(), 'SIGKILL')
    for (;;) if ((await longhaul('daemon', 'status')).code === 3) break
    expect(await longhaul('daemon', 'start', ...FLAGS)).toMatchObject({ code: 0 })
    for (const id of ids) expect(await finished(id)).toMatchObject({ state: 'completed' })
    const { completions } = await ask('completion:session_status', { session_id: 's' })
    expect((completions as Data[]).map(({ request_id: id }) => id)).toEqual(ids)
  })
})

describe('what clients let it remember', { timeout: 60_000 }, () => {
  test('entities, relationships, graphs and counts', async () => {
    for (const [id, level] of Object.entries({ ada: 3, bea: 1, cem: 2 }))
      await ask('state:entity:create', { type: 'worker', id, properties: { level, team: 'red' } })
    expect(await ask('state:entity:create', { type: 'worker', id: 'ada' })).toMatchObject({ status: 'failed' })
    expect(await ask('state:entity:update', { id: 'cem', properties: { team: null, level: 5 } })).toMatchObject({
      properties: { level: 5 },
    })
    const found = await ask('state:entity:query', { type: 'worker', where: { team: 'red' }, order_by: '-level' })
    expect((found['entities'] as { id: string }[]).map(({ id }) => id)).toEqual(['ada', 'bea'])
    for (const [from, to] of [
      ['ada', 'bea'],
      ['bea', 'cem'],
      ['cem', 'ada'],
    ])
      expect(await ask('state:relationship:create', { from, to, type: 'asks' })).toMatchObject({ status: 'created' })
    expect(await ask('state:relationship:create', { from: 'ada', to: 'bea', type: 'asks' })).toMatchObject({
      status: 'exists',
    })
    expect(await ask('state:relationship:create', { from: 'ada', to: 'dan', type: 'asks' })).toMatchObject({
      error: 'There is no entity "dan".',
    })
    expect(await ask('state:graph:traverse', { from: 'ada', depth: 2 })).toMatchObject({
      nodes: ['ada', 'bea', 'cem'],
      edge_count: 2,
    })
    expect(await ask('state:aggregate:count', { type: 'worker', group_by: 'team' })).toMatchObject({
      counts: { red: 2, null: 1 },
      total: 3,
    })
    expect(await ask('state:entity:query', { order_by: "level') --" })).toMatchObject({
      error: expect.stringContaining('no name of a property') as string,
    })
    expect(await longhaul('daemon', 'restart')).toMatchObject({ code: 0 })
    expect(await ask('state:entity:get', { id: 'cem', include: ['relationships'] })).toMatchObject({
      properties: { level: 5 },
      relationships: [{ from: 'cem' }, { to: 'cem' }],
    })
    expect(await ask('state:entity:delete', { id: 'cem' })).toMatchObject({ status: 'deleted' })
    expect(await ask('state:aggregate:count', { target: 'relationships' })).toMatchObject({ counts: { asks: 1 } })
  })

  test('patterns can be listed and read, and what a request has led to can be seen', async () => {
    const { patterns } = await ask('orchestration:list_patterns')
    expect((patterns as { name: string }[]).map(({ name }) => name)).toContain('session_recovery')
    expect(await ask('orchestration:load_pattern', { pattern: 'session_recovery' })).toMatchObject({
      status: 'loaded',
      agents: ['analyst', 'critic', 'editor'],
    })
    const [started] = await talk({
      event: 'orchestration:start',
      data: { pattern: 'session_recovery', vars: { max_rounds: 400, pause: '5ms' } },
      correlation_id: 'morning',
    })
    const id = started!.data['orchestration_id']
    expect(
      await ask('orchestration:message', { orchestration_id: id, message: { note: 'hurry' }, to: 'editor' }),
    ).toMatchObject({ status: 'delivered', agents: [`${String(id)}_editor`] })
    await until('monitor:get_correlation_chain', { correlation_id: 'morning' }, ({ events }) =>
      (events as { event_name: string }[]).some(({ event_name: name }) => name === 'message.sent'),
    )
    await until(
      'monitor:get_events',
      { orchestration_id: id, event_patterns: ['gather.ended'] },
      ({ count }) => count !== 0,
    )
    const { events: ended } = await ask('monitor:get_events', {
      orchestration_id: id,
      event_patterns: ['gather.ended'],
    })
    const { seq } = (ended as { data: { seq: number } }[])[0]!.data
    const { events: chain } = await ask('monitor:get_correlation_chain', { orchestration_id: id, seq })
    expect((chain as { event_name: string }[]).map(({ event_name: name }) => name)).toEqual([
      'gather.started',
      'gather.received',
      'gather.received',
      'gather.received',
      'gather.ended',
    ])
    expect(await ask('orchestration:get_instance', { orchestration_id: id })).toMatchObject({
      variables: { max_rounds: 400 },
      cost: { orchestration_id: id },
    })
    expect(await ask('monitor:get_status')).toMatchObject({ status: 'running' })
    await ask('orchestration:terminate', { orchestration_id: id })
  })
})

describe('the WebSocket bridge', { timeout: 60_000 }, () => {
  let bridge: ChildProcess
  let url = ''
  let token = ''
  beforeAll(async () => {
    bridge = spawn(process.execPath, [MAIN, 'bridge', '--port', '0'], { env })
    for await (const line of createInterface(bridge.stdout!)) {
      url = /answers at (ws:\S+)/.exec(line)?.[1] ?? url
      token = /without it: ([0-9a-f]+)$/.exec(line)?.[1] ?? token
      if (token !== '') break
    }
  })
  afterAll(async () => {
    bridge.kill('SIGTERM')
    await once(bridge, 'exit')
  })

  /** The next messages of a client. */
  const messages = async (client: WebSocket, count: number): Promise<Data[]> => {
    const said: Data[] = []
    while (said.length < count) said.push(JSON.parse(String((await once(client, 'message'))[0])) as Data)
    return said
  }

  test('greets, hands requests on, and renames what is pushed', async () => {
    const client = new WebSocket(url, token)
    const [hello] = await messages(client, 1)
    expect(hello).toMatchObject({
      event: 'bridge:connected',
      data: { suggested_client_id: expect.any(String) as string },
    })
    client.send(JSON.stringify({ event: 'system:health', correlation_id: 'w' }, null, 2))
    expect(await messages(client, 1)).toMatchObject([
      { event: 'system:health', correlation_id: 'w', data: { status: 'healthy' } },
    ])
    client.send(JSON.stringify({ event: 'monitor:subscribe', data: { event_patterns: ['gather.started'] } }))
    await messages(client, 1)
    const pushed = messages(client, 1)
    const id = await start({ max_rounds: 1 })
    expect(await pushed).toMatchObject([{ event: 'gather.started', orchestration_id: id }])
    client.close()
  })

  test('another origin is closed with code 1008, a known one is not', async () => {
    const foreign = new WebSocket(url, { origin: 'https://example.com' })
    const [code] = (await once(foreign, 'close')) as [number]
    expect(code).toBe(1008)
    const known = new WebSocket(url, { origin: 'http://localhost:3000' })
    expect(await messages(known, 1)).toMatchObject([{ event: 'bridge:connected' }])
    known.close()
  })

  test('a program without the token is closed with code 1008, and one with a wrong token too', async () => {
    for (const [address, protocols] of [
      [url, []],
      [`${url}/?token=${'0'.repeat(token.length)}`, []],
      [url, ['0'.repeat(token.length)]],
    ] as const) {
      const [code] = (await once(new WebSocket(address, [...protocols]), 'close')) as [number]
      expect(code).toBe(1008)
    }
    const known = new WebSocket(`${url}/?token=${token}`)
    expect(await messages(known, 1)).toMatchObject([{ event: 'bridge:connected' }])
    known.close()
    const file = join(home, 'var/run/bridge_token')
    expect(readFileSync(file, 'utf8').trim()).toBe(token)
    expect(statSync(file).mode & 0o077).toBe(0)
  })

  test('a page without the token may look, and change nothing', async () => {
    const page = new WebSocket(url, { origin: 'http://localhost:8080' })
    await messages(page, 1)
    // What is pushed to those who subscribe may come before an answer, and with it.
    const arriving = on(page, 'message')
    const answerTo = async (id: string): Promise<unknown> => {
      for (;;) {
        const { value } = (await arriving.next()) as { value: [Buffer] }
        const message = JSON.parse(String(value[0])) as { correlation_id?: string }
        if (message.correlation_id === id) return message
      }
    }
    for (const event of ['orchestration:list', 'agent:health', 'monitor:subscribe', 'state:entity:query']) {
      page.send(JSON.stringify({ event, correlation_id: event }))
      expect(await answerTo(event)).toMatchObject({
        event,
        data: { _response_id: expect.stringMatching(/^resp_/) as string },
      })
    }
    for (const event of ['orchestration:load_pattern', 'orchestration:start', 'system:shutdown', 'agent:terminate']) {
      page.send(JSON.stringify({ event, data: { pattern: 'session_recovery', all: true }, correlation_id: event }))
      expect(await answerTo(event)).toMatchObject({
        event,
        data: { status: 'failed', error: expect.stringMatching(/^A page may look/) as string },
      })
    }
    page.close()
  })
})

describe('nothing is lost', { timeout: 120_000 }, () => {
  test('suspended, seen so, and gone on with', async () => {
    const id = await start({ max_rounds: 30, pause: '5ms' })
    await until('orchestration:status', { orchestration_id: id }, ({ message_count: count }) => Number(count) > 9)
    const suspended = await ask('orchestration:suspend', { orchestration_id: id })
    expect(suspended).toMatchObject({ status: 'suspended', checkpoint_id: `${id}_checkpoint_1` })
    expect(await ask('orchestration:status', { orchestration_id: id })).toMatchObject({ state: 'suspended' })
    expect(await ask('orchestration:resume', { orchestration_id: id })).toMatchObject({ status: 'resumed' })
    const done = await until('orchestration:status', { orchestration_id: id }, ({ state }) => state === 'completed')
    expect(done).toMatchObject({ result: { total: 90 } })
  })

  test('killed with SIGKILL, what ran goes on in the next daemon', async () => {
    const id = await start({ max_rounds: 60, pause: '5ms' })
    await until('orchestration:status', { orchestration_id: id }, ({ message_count: count }) => Number(count) > 15)
    process.kill(pid(), 'SIGKILL')
    for (;;) if ((await longhaul('daemon', 'status')).code === 3) break
    expect(await longhaul('daemon', 'start', ...FLAGS)).toMatchObject({ code: 0 })
    const done = await until('orchestration:status', { orchestration_id: id }, ({ state }) => state === 'completed')
    expect(done).toMatchObject({ result: { rounds: 60, total: 180 } })
  })

  test('stopped in good order and started again, too', async () => {
    const id = await start({ max_rounds: 40, pause: '5ms' })
    await until('orchestration:status', { orchestration_id: id }, ({ message_count: count }) => Number(count) > 6)
    expect(await longhaul('daemon', 'restart')).toMatchObject({ code: 0 })
    const done = await until('orchestration:status', { orchestration_id: id }, ({ state }) => state === 'completed')
    expect(done).toMatchObject({ result: { total: 120 } })
  })

  test('agents are taken away by pattern, and a run is ended for good', async () => {
    const id = await start({ max_rounds: 1_000, pause: '5ms' })
    expect(await ask('agent:terminate', { pattern: `${id}_*`, dry_run: true })).toMatchObject({ count: 3 })
    expect(await ask('agent:health', { agent_id: `${id}_critic` })).toMatchObject({ status: 'healthy' })
    expect(await ask('orchestration:terminate', { orchestration_id: id })).toMatchObject({ status: 'terminated' })
    expect(await ask('orchestration:status', { orchestration_id: id })).toMatchObject({ state: 'terminated' })
    expect(await longhaul('daemon', 'restart')).toMatchObject({ code: 0 })
    expect(await ask('orchestration:status', { orchestration_id: id })).toMatchObject({ state: 'terminated' })
    expect(await ask('agent:terminate', { agent_id: 'none' })).toMatchObject({
      error: 'No agents found matching criteria',
    })
  })
})

describe('a disk that is full', { timeout: 120_000 }, () => {
  test('is told of, the daemon stays up, and the next one goes on with what was written', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'longhaul-full-'))
    const there = { ...env, LONGHAUL_HOME: elsewhere }
    const command = (...given: string[]): Promise<Ended> => execute(process.execPath, [MAIN, ...given], there)
    const send = async (...given: string[]): Promise<Data> =>
      JSON.parse((await command('send', ...given)).stdout) as Data
    try {
      // A limit on the size of its files stands for the disk.
      const limited = `trap '' XFSZ; ulimit -f 800; exec "$0" "$@"`
      const started = await execute(
        '/bin/sh',
        ['-c', limited, process.execPath, MAIN, 'daemon', 'start', ...FLAGS],
        there,
      )
      expect(started).toMatchObject({ code: 0 })
      for (const end of ['', '-wal'])
        expect(statSync(join(elsewhere, `var/state/ksi_state.db${end}`)).mode & 0o077).toBe(0)
      const { orchestration_id: id } = await send(
        'orchestration:start',
        ...['--pattern', 'session_recovery', '--vars', '{"max_rounds": 40, "pause": "5ms"}'],
      )
      const large = JSON.stringify({ text: 'x'.repeat(60_000) })
      let last: Data = {}
      for (let nth = 0; nth < 20 && last['status'] !== 'failed'; nth++)
        last = await send('state:entity:create', '--type', 'document', '--id', `d${nth}`, '--properties', large)
      expect(last['error']).toMatch(/ksi_state\.db.*(no room|cannot be written to)/)
      const health = await command('daemon', 'health')
      expect(health.code).toBe(1)
      expect(JSON.parse(health.stdout)).toMatchObject({
        status: 'degraded',
        problems: expect.arrayContaining([expect.stringContaining('ksi_state.db')]) as unknown,
      })
      for (;;) if ((await send('orchestration:status', '--orchestration-id', String(id)))['state'] === 'failed') break

      expect(await command('daemon', 'restart')).toMatchObject({ code: 0 })
      for (;;) {
        const status = await send('orchestration:status', '--orchestration-id', String(id))
        if (status['state'] === 'running') continue
        expect(status).toMatchObject({ state: 'completed', result: { rounds: 40, total: 120 } })
        break
      }
      expect(await command('daemon', 'health')).toMatchObject({ code: 0 })
    } finally {
      await command('daemon', 'stop')
      rmSync(elsewhere, { recursive: true })
    }
  })
})
