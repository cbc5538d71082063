import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { daemonPaths } from '../../src/daemon/index.ts'
import { startDaemon, type Daemon, type DaemonOptions } from '../../src/daemon/server.ts'
import { SimulatedServices } from '../../src/systems/simulated-services.ts'

// What the test plan asks of the daemon, in this process: each test has its own files.
type Data = Record<string, unknown>
const root = mkdtempSync(join(tmpdir(), 'longhaul-plan-'))
afterAll(() => rmSync(root, { recursive: true }))

const PATTERNS = join(root, 'patterns')
const pattern = (name: string, text: string): void => writeFileSync(join(PATTERNS, `${name}.yaml`), text)

beforeAll(() => {
  mkdirSync(PATTERNS)
  pattern(
    'rounds',
    `variables: { rounds: { type: integer, default: 3 }, pause: { type: duration, default: 0s }, topic: "none" }
agents: { worker: { count: 2, vars: { mood: calm } } }
orchestration_logic:
  strategy: |
    SET said = 0
    FOR round IN 1..{{rounds}}:
      GATHER views FROM agents WITH prompt: "Round {{round}} about {{topic}}?"
      SET said = said + len(views)
      WAIT {{pause}}
    RETURN { said: said }
`,
  )
  pattern(
    'needy',
    strategy`
      variables: { topic: { type: string } }
      agents: { ann: {} }
      orchestration_logic:
        strategy: |
          WAIT 1 hour
    `,
  )
})

let homes = 0
let daemon: Daemon | undefined
let socket = ''
import { strategy } from '../given/strategy.ts'
afterEach(async () => {
  await daemon?.stop('over')
  daemon = undefined
})

/** Starts a daemon in files of its own, or in those of the one before. */
async function begin({
  again = false,
  latency = '5ms',
  ...options
}: Partial<DaemonOptions> & { again?: boolean; latency?: string } = {}) {
  await daemon?.stop('again')
  if (!again) homes += 1
  const paths = daemonPaths({ LONGHAUL_HOME: join(root, String(homes)) })
  socket = paths.socket
  daemon = await startDaemon(paths, {
    settings: {},
    patterns: [PATTERNS],
    simulate: (clock) => new SimulatedServices({ clock, latency }),
    ...options,
  })
  return paths
}

/** Sends an event, and gives its answer and the length of its line. */
async function say(event: string, data: object = {}): Promise<{ answer: Data; bytes: number }> {
  const client = connect(socket)
  await once(client, 'connect')
  client.write(`${JSON.stringify({ event, data })}\n`)
  for await (const line of createInterface(client)) {
    client.destroy()
    return { answer: (JSON.parse(line) as { data: Data }).data, bytes: Buffer.byteLength(line) }
  }
  throw new Error('No answer.')
}
const ask = async (event: string, data: object = {}): Promise<Data> => (await say(event, data)).answer
async function until(event: string, data: object, fits: (answer: Data) => boolean): Promise<Data> {
  for (;;) {
    const answer = await ask(event, data)
    if (fits(answer)) return answer
  }
}
const start = async (data: object = {}): Promise<string> => {
  const answer = await ask('orchestration:start', { pattern: 'rounds', ...data })
  expect(answer).toMatchObject({ status: 'started' })
  return String(answer['orchestration_id'])
}
const over = (id: string): Promise<Data> =>
  until('orchestration:status', { orchestration_id: id }, ({ state }) => state !== 'running')

/** Pauses so long that a run is still there when it is looked at. */
const LONG = { pause: '1h' }

describe('an orchestration is meant by its pattern', { timeout: 60_000 }, () => {
  test('for its status, its suspension, its cost; and goes on by its checkpoint alone', async () => {
    await begin()
    const id = await start({ vars: LONG })
    expect(await ask('orchestration:status', { pattern: 'rounds' })).toMatchObject({
      orchestration_id: id,
      state: 'running',
    })
    const suspended = await ask('orchestration:suspend', { pattern: 'rounds.yaml', cancel: true })
    expect(suspended).toMatchObject({ status: 'suspended', orchestration_id: id })
    const checkpoint = suspended['checkpoint_id']
    expect(await ask('orchestration:resume', { checkpoint_id: 'orch_0_checkpoint_1' })).toMatchObject({
      error: expect.stringContaining('There is no checkpoint') as string,
    })
    expect(await ask('orchestration:resume', { checkpoint_id: checkpoint })).toMatchObject({
      status: 'resumed',
      orchestration_id: id,
    })
    expect(await ask('orchestration:cost_status', { pattern: 'rounds' })).toMatchObject({ orchestration_id: id })
    expect(await ask('orchestration:status', { pattern: 'none' })).toMatchObject({
      status: 'failed',
      patterns: ['rounds'],
    })
  })

  test('but not to change one of several', async () => {
    await begin()
    const ids = [await start({ vars: LONG }), await start({ vars: LONG })]
    expect(await ask('orchestration:suspend', { pattern: 'rounds' })).toMatchObject({
      status: 'failed',
      error: '2 orchestrations of rounds are running. Select one by its orchestration_id.',
      orchestrations: ids.toReversed(),
    })
    expect(await ask('orchestration:status', { pattern: 'rounds' })).toMatchObject({ orchestration_id: ids[1] })
  })
})

describe('an agent is meant by its name', { timeout: 60_000 }, () => {
  test('where one orchestration that runs has it', async () => {
    await begin()
    const done = await start({ vars: { rounds: 1 } })
    await over(done)
    const id = await start({ vars: LONG })
    expect(await ask('agent:health', { agent_id: 'worker_1' })).toMatchObject({
      agent_id: `${id}_worker_1`,
      status: 'healthy',
    })
    expect(await ask('agent:terminate', { agent_id: 'worker_2', dry_run: 'true' })).toMatchObject({
      would_terminate: [`${id}_worker_2`],
    })
    expect(await ask('agent:terminate', { agent_id: 'worker_2' })).toMatchObject({
      status: 'terminated',
      agent_id: `${id}_worker_2`,
    })
    expect(await ask('agent:health')).toMatchObject({
      agents: [{ agent_id: `${id}_worker_1`, status: 'healthy' }, { status: 'terminated' }],
      alive: 1,
      terminated: 1,
    })
    expect(await ask('completion:session_status', { session_id: 'worker_1' })).toMatchObject({
      agent: { session_id: `${id}_worker_1` },
    })
    await start({ vars: LONG })
    expect(await ask('agent:terminate', { agent_id: 'worker_1' })).toMatchObject({
      error: 'Several orchestrations have an agent "worker_1". Give the id of one agent.',
    })
    // One that is over keeps its agents under their full names.
    expect(await ask('agent:health', { agent_id: `${done}_worker_1` })).toMatchObject({ status: 'finished' })
  })

  test('and its trace can be cut to the last seconds', async () => {
    await begin()
    const id = await start()
    await over(id)
    const all = await ask('agent:trace', { agent_id: `${id}_worker_1` })
    expect(all['total_events']).toBeGreaterThan(3)
    expect(await ask('agent:trace', { agent_id: `${id}_worker_1`, duration: '0' })).toMatchObject({ total_events: 0 })
    expect(await ask('agent:trace', { agent_id: `${id}_worker_1`, duration: 3600 })).toMatchObject({
      total_events: all['total_events'],
    })
  })
})

describe('what is over', { timeout: 60_000 }, () => {
  test('leaves the lists, and is shown with all', async () => {
    await begin()
    const id = await start()
    await over(id)
    await until('orchestration:list', {}, ({ count }) => count === 0)
    expect(await ask('orchestration:list', { running: true })).toMatchObject({ orchestrations: [] })
    expect(await ask('orchestration:list', { all: true })).toMatchObject({
      orchestrations: [{ orchestration_id: id, state: 'completed' }],
    })
    expect(await ask('orchestration:list', { state: 'completed' })).toMatchObject({ count: 1 })
    expect(await ask('orchestration:list', { state: 'complete' })).toMatchObject({ hint: 'Did you mean "completed"?' })
    expect(await ask('agent:list')).toMatchObject({ count: 0 })
    expect(await ask('agent:list', { all: true })).toMatchObject({ count: 2 })
    expect(await ask('completion:sessions', { active: true })).toMatchObject({ count: 0 })
  })

  test('keeps cost, result, agents, variables, duration and tries after a restart', async () => {
    await begin()
    const id = await start({ vars: { topic: 'money', rounds: 2 } })
    const before = await over(id)
    const events = [
      'orchestration:status',
      'orchestration:get_instance',
      'orchestration:cost_status',
      'state:get',
    ] as const
    const told = async (): Promise<Data[]> => {
      const answers = await Promise.all(events.map((event) => ask(event, { orchestration_id: id })))
      return answers.map(({ _timestamp, _response_id, ...rest }) => rest)
    }
    const first = await told()
    await begin({ again: true })
    expect(await told()).toEqual(first)
    expect(before).toMatchObject({ result: { said: 4 }, message_count: 4, duration: expect.any(Number) as number })
    expect(first[1]).toMatchObject({
      variables: { topic: 'money' },
      cost: { calls: 4, billed: expect.stringMatching(/^\$0\.0/) as string },
    })
    expect(await ask('completion:retry_status', { orchestration_id: id })).toMatchObject({ stats: { requests: 4 } })
    expect(await ask('completion:token_usage', { orchestration_id: id })).toMatchObject({ total: { calls: 4 } })
  })

  test('one that is suspended keeps them too, and goes on', async () => {
    await begin()
    const id = await start({ vars: LONG })
    await until('orchestration:status', { orchestration_id: id }, ({ message_count: count }) => count === 2)
    await ask('orchestration:suspend', { orchestration_id: id, cancel: true })
    const cost = await ask('orchestration:cost_status', { orchestration_id: id })
    expect(cost).toMatchObject({ calls: 2 })
    await begin({ again: true })
    expect(await ask('orchestration:status', { orchestration_id: id })).toMatchObject({
      state: 'suspended',
      message_count: 2,
      agents: { [`${id}_worker_1`]: { status: 'alive' } },
    })
    expect(await ask('orchestration:cost_status', { orchestration_id: id })).toMatchObject({ known: cost['known'] })
    expect(await ask('state:get', { orchestration_id: id, name: 'pause' })).toMatchObject({ value: '1h' })
    expect(await ask('orchestration:resume', { pattern: 'rounds' })).toMatchObject({ status: 'resumed' })
  })

  test('one that fails or is terminated says why, also after a restart', async () => {
    pattern(
      'failing',
      strategy`
        agents: { ann: {} }
        orchestration_logic:
          strategy: |
            ASSERT 1 == 2
      `,
    )
    await begin()
    const id = await start({ pattern: 'failing' })
    await over(id)
    const stopped = await start({ vars: LONG })
    await ask('orchestration:terminate', { orchestration_id: stopped, reason: 'enough' })
    await begin({ again: true })
    expect(await ask('orchestration:status', { orchestration_id: id })).toMatchObject({
      state: 'failed',
      error: expect.stringContaining('ASSERT 1 == 2 does not hold') as string,
    })
    expect(await ask('orchestration:status', { orchestration_id: stopped })).toMatchObject({
      state: 'terminated',
      error: 'enough',
    })
  })

  test('a variable that has no default is needed once, and not again when the run goes on', async () => {
    await begin()
    const id = await start({ pattern: 'needy', vars: { topic: 'x' } })
    await begin({ again: true })
    expect(await ask('orchestration:status', { orchestration_id: id })).toMatchObject({ state: 'running' })
  })

  test(
    'hundreds of runs stay in no memory, and lists of them in lines that clients of KSI read',
    { timeout: 120_000 },
    async () => {
      await begin({ latency: '0ms' })
      const heap = (): number => {
        globalThis.gc?.()
        return process.memoryUsage().heapUsed
      }
      const batch = async (): Promise<void> => {
        const ids = await Promise.all(Array.from({ length: 50 }, () => start({ vars: { rounds: 1 } })))
        for (const id of ids) await over(id)
      }
      await batch()
      const first = heap()
      for (let nth = 0; nth < 5; nth++) await batch()
      // Measured with and without a forced collection: what a run left before was a megabyte.
      expect(heap() - first).toBeLessThan(100 * 1024 * 1024)
      expect(await ask('orchestration:list')).toMatchObject({ count: 0 })
      const ids = new Set<unknown>()
      for (const event of ['orchestration:list', 'orchestration:status', 'orchestration:cost_status', 'agent:list']) {
        for (let offset: unknown = 0; offset !== undefined;) {
          const { answer, bytes } = await say(event, { all: true, limit: 1_000, offset })
          expect(bytes).toBeLessThan(64 * 1024)
          const listed = answer['orchestrations'] ?? []
          if (event === 'orchestration:list')
            for (const each of listed as { orchestration_id: string }[]) ids.add(each.orchestration_id)
          offset = answer['next_offset']
        }
      }
      expect(ids.size).toBe(300)
      for (const [event, data] of [
        ['monitor:get_events', { limit: 1_000 }],
        ['metrics:cost', { limit: 1_000 }],
        ['completion:token_usage', { limit: 1_000 }],
      ] as const)
        expect((await say(event, data)).bytes).toBeLessThan(64 * 1024)
    },
  )
})

describe('money', { timeout: 60_000 }, () => {
  test('of the last hours, and of two runs held against each other, with tokens and cache', async () => {
    await begin()
    const first = await start({ enable_cache: 'true', vars: '{"rounds": 2}' })
    await over(first)
    const second = await start({ enable_cache: true, vars: { rounds: 2 } })
    await over(second)
    expect(await ask('metrics:cost', { last_hours: '1' })).toMatchObject({
      calls: 4,
      orchestrations: 1,
      known: expect.stringMatching(/^\$0\.0/) as string,
    })
    const compared = await ask('metrics:compare', { run1: first, run2: second })
    expect(compared).toMatchObject({
      orchestrations: [
        { orchestration_id: first, calls: 4, token_ratio: 1 },
        { orchestration_id: second, calls: 0, total_tokens: 0, token_ratio: 0, cache: { hits: 4, misses: 0 } },
      ],
    })
    expect(compared['tokens_saved']).toBeGreaterThan(0)
    expect(await ask('metrics:compare', { run1: first })).toMatchObject({
      error: expect.stringContaining('run1 and run2') as string,
    })
    // The entity of the plan, and the services' own bill.
    const cost = await ask('state:get', { entity_type: 'cost_tracking', entity_id: first })
    expect(cost).toMatchObject({ calls: 4, billed: cost['known'] })
    expect(await ask('state:get', { entity_type: 'cost_trackin', entity_id: first })).toMatchObject({
      types: expect.arrayContaining(['cost_tracking']) as unknown,
    })
  })

  test('is spent nowhere but at the address that was given', async () => {
    const asked: string[] = []
    const service = createServer((request, response) => {
      asked.push(`${request.url} ${request.headers.authorization}`)
      request.resume().on('end', () =>
        response.setHeader('content-type', 'application/json').end(
          JSON.stringify({
            choices: [{ message: { content: 'Yes.' }, finish_reason: 'stop' }],
            usage: { prompt_tokens: 1, completion_tokens: 1 },
          }),
        ),
      )
    }).listen(0, '127.0.0.1')
    await once(service, 'listening')
    const { port } = service.address() as AddressInfo
    const openai = { baseURL: `http://127.0.0.1:${port}/v1`, format: 'openai', apiKey: 'sk-real' } as const
    await begin({ settings: { services: { openai } } })
    expect(await ask('system:config')).toMatchObject({
      services: { openai: { base_url: openai.baseURL, has_key: true }, anthropic: { simulated: true } },
    })
    await over(await start({ vars: { rounds: 1 } }))
    expect(asked).toEqual(['/v1/chat/completions Bearer sk-real', '/v1/chat/completions Bearer sk-real'])
    service.close()
  })
})

/** Calls that hang, and pauses between tries, in milliseconds of ours. */
const FAST = { time: { kind: 'scaled', factor: 500 }, latency: '2s' } as const

describe('failures of the simulated services', { timeout: 60_000 }, () => {
  test('come by the rate that a run is started with, and stand in the log', async () => {
    const { log } = await begin({ ...FAST, settings: { retry: { attempts: 8 }, failover: ['claude-haiku-4-5'] } })
    const calm = await start({ vars: { rounds: 5 } })
    const rough = await start({ vars: { rounds: 5 }, fail_rate: 0.6 })
    await over(calm)
    await over(rough)
    expect(await ask('completion:retry_status', { orchestration_id: calm })).toMatchObject({ stats: { retries: 0 } })
    const { stats } = await ask('completion:retry_status', { orchestration_id: rough })
    expect((stats as { retries: number }).retries).toBeGreaterThan(0)
    const lines = readFileSync(log, 'utf8').split('\n')
    expect(lines.filter((line) => line.includes(`${rough} retry 1 in `)).length).toBeGreaterThan(0)
    expect(lines.some((line) => line.includes(`${calm} retry`))).toBe(false)
    expect(await ask('orchestration:start', { pattern: 'rounds', fail_rate: 2 })).toMatchObject({
      error: 'fail_rate is 2. Give a number from 0 to 1.',
    })
    expect(await ask('orchestration:start', { pattern: 'rounds', _fail_rate: 'half' })).toMatchObject({
      error: expect.stringContaining('KSI_COMPLETION_PROVIDER_FAIL_RATE') as string,
    })
  })

  test('a circuit that opens, and the failover, have a line each', async () => {
    const { log } = await begin({
      ...FAST,
      settings: { retry: { attempts: 1 }, breaker: { failures: 1, share: 0.1 }, failover: ['claude-haiku-4-5'] },
    })
    await over(await start({ vars: { rounds: 3 }, fail_rate: 1 }))
    const text = readFileSync(log, 'utf8')
    expect(text).toMatch(/ circuit open: (openai|anthropic)\/\S+\n/)
    expect(text).toMatch(/ failover: worker_\d calls anthropic\/claude-haiku-4-5, after /)
  })

  test('an agent that is said to be slow, or never to answer, is so; one that says nonsense is refused', async () => {
    pattern(
      'paces',
      strategy`
        agents:
          quick: { vars: { response_time: 2s } }
          never: { vars: { response_time: timeout } }
        orchestration_logic:
          strategy: |
            GATHER said FROM agents WITH timeout: 30s
            RETURN missing
      `,
    )
    pattern(
      'wrong',
      strategy`
        agents:
          ann: { vars: { response_time: sloww } }
        orchestration_logic:
          strategy: |
            LOG 1
      `,
    )
    await begin(FAST)
    const id = await start({ pattern: 'paces' })
    expect(await over(id)).toMatchObject({ result: ['never'] })
    expect(await ask('orchestration:start', { pattern: 'wrong' })).toMatchObject({
      error: expect.stringContaining(
        'The agent ann: response_time: "sloww" is not a valid latency. Did you mean "slow"?',
      ) as string,
    })
    // Nothing of it is kept: the next daemon finds no run that could not begin.
    await begin({ ...FAST, again: true })
    expect(await ask('orchestration:list', { all: true })).toMatchObject({ count: 1 })
  })
})

describe('time', { timeout: 60_000 }, () => {
  test('may run far ahead: a daemon that waits for days goes on', async () => {
    await begin({ time: { kind: 'scaled', factor: 100_000 }, latency: '1s' })
    // A hundred hours, and thousands of timers.
    const id = await start({ vars: { rounds: 200, pause: '30m' } })
    expect(await over(id)).toMatchObject({ state: 'completed', result: { said: 400 } })
  })
})

describe('its files', { timeout: 60_000 }, () => {
  test('stand where the test plan looks', async () => {
    const { home } = await begin({ eventLog: { maxBytes: 20_000, keep: 3 } })
    await over(await start({ vars: { rounds: 20 } }))
    expect(readdirSync(join(home, 'var/run')).toSorted()).toEqual(
      expect.arrayContaining(['daemon.sock', 'ksi_daemon.pid']),
    )
    expect(Number(readFileSync(join(home, 'var/run/ksi_daemon.pid'), 'utf8'))).toBe(process.pid)
    expect(existsSync(join(home, 'var/state/ksi_state.db'))).toBe(true)
    const logs = readdirSync(join(home, 'var/logs'))
    expect(logs).toContain('daemon_current.log')
    expect(logs.filter((name) => /^event_log_(current|\d{6})\.jsonl$/.test(name)).length).toBeGreaterThan(1)
  })

  test('a path that is too long for a socket is refused with what to do', async () => {
    const long = join(root, 'x'.repeat(100))
    await expect(startDaemon(daemonPaths({ LONGHAUL_HOME: long }), { settings: {}, patterns: [] })).rejects.toThrow(
      /has \d+ bytes; the operating system allows at most 103 bytes\. Set a shorter path in KSI_SOCKET_PATH/,
    )
  })
})
