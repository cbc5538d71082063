import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import OpenAI from 'openai'
import { afterAll, describe, expect, test } from 'vitest'
import { describeOrchestration, outage, Trace, uniform } from 'longhaul'
import { Orchestrator, ResumeError, RunStore, StoreError } from 'longhaul/orchestrator'
import { loadPattern } from 'longhaul/pattern'
import { strategy } from '../given/strategy.ts'

const folder = mkdtempSync(join(tmpdir(), 'longhaul-resume-'))
afterAll(() => rmSync(folder, { recursive: true }))

const pattern = (line: string) => loadPattern({ text: `name: p\norchestration_logic:\n  strategy: |\n    ${line}\n` })
const trace = new Trace(() => 0)

describe('a run cannot go on', () => {
  const begin = (store: RunStore, line: string, resume: boolean, run = 'one'): Orchestrator =>
    new Orchestrator(pattern(line), { run, resume }, {}, { trace, store })

  test('with a pattern that has changed, and nothing is changed by trying', async () => {
    const store = new RunStore(join(folder, 'changed.db'))
    await begin(store, 'RETURN 1', false).run()
    const before = store.load('one')
    expect(() => begin(store, 'RETURN 2', true)).toThrow(ResumeError)
    expect(() => begin(store, 'RETURN 2', true)).toThrow(/differs from the pattern with which the run "one" started/)
    expect(store.load('one')).toEqual(before)
    store.close()
  })

  test('that there is not, or that was there before', async () => {
    const store = new RunStore(':memory:')
    await begin(store, 'RETURN 1', false).run()
    expect(() => begin(store, 'RETURN 1', true, 'two')).toThrow('has no run "two". There are: one.')
    expect(() => begin(store, 'RETURN 1', false)).toThrow('already has a run "one"')
    store.close()
  })

  test('of another version', async () => {
    const store = new RunStore(':memory:')
    await begin(store, 'RETURN 1', false).run()
    store.saveRun({ ...store.load('one')!, state: { version: 2 } })
    expect(() => begin(store, 'RETURN 1', true)).toThrow('has version 2; this longhaul reads version 1')
    store.close()
  })

  test('without a store', () => {
    expect(() => new Orchestrator(pattern('RETURN 1'), { resume: true }, {}, { trace })).toThrow(
      /set "store" to the store that contains the run/,
    )
    expect(() => new Orchestrator(pattern('RETURN 1'), {}, {}, { trace }).suspend()).toThrow(/Set "store"/)
  })

  test('one that has ended gives its result again', async () => {
    const store = new RunStore(':memory:')
    await begin(store, 'RETURN 1', false).run()
    expect((await begin(store, 'RETURN 1', true).run()).result).toBe(1)
    store.close()
  })
})

const twice = {
  text: `name: p
agents: { worker: { count: 2 } }
orchestration_logic:
  strategy: |
    GATHER first FROM ["worker_1"] WITH prompt: "What do we know?"
    WAIT 1 hour
    GATHER second FROM ["worker_2"] WITH prompt: "What do we know?"
    RETURN pluck(second, "cached")
`,
}

/** A store on a disk that has no room for so many of the next writes. */
class Disk extends RunStore {
  withoutRoom = 0
  override transaction(work: () => void): void {
    if (this.withoutRoom-- > 0) throw new StoreError('LONGHAUL_STORE_FAILED', 'There is no room left.')
    super.transaction(work)
  }
}

describeOrchestration(
  'a run whose store fails',
  {
    system: async ({ vars, provider }) => {
      const { store, resume } = vars as { store: Disk; resume: boolean }
      return new Orchestrator(
        loadPattern('fixtures/orchestrations/session_recovery.yaml'),
        { vars: { max_rounds: 5 }, resume },
        {},
        { trace: provider.trace, store },
      )
    },
    provider: { failRate: 0, latency: uniform('5s', '9s') },
    // The system hands the orchestrator out, and is over before it.
    checks: { orphans: false },
  },
  (it) => {
    it.for([1, 2, 8, 13, 21])(
      'after %i s is not a run that has failed: the next one goes on',
      async (seconds, { run, sleep, provider, expect: expects }) => {
        const store = new Disk(':memory:')
        const { result: first } = await run({ vars: { store, resume: false } })
        const running = first!.run()
        running.catch(() => {})
        await sleep(seconds * 1_000)
        store.withoutRoom = 1
        await expects(running).rejects.toThrow('There is no room left.')
        expects(provider.openCalls).toBe(0)
        expects(store.list()).toMatchObject([{ status: 'running' }])
        const { result: next } = await run({ vars: { store, resume: true } })
        expects(await next!.run()).toMatchObject({ status: 'completed', result: { rounds: 5, total: 15 } })
        store.close()
      },
    )
  },
)

describeOrchestration(
  'the semantic cache',
  {
    pattern: twice,
    orchestrator: { cache: true, store: ':memory:' },
    provider: { failRate: 0 },
  },
  (it) => {
    it('is kept over a restart', async ({ start, sleep, expect: expects }) => {
      const orchestration = await start()
      await sleep('30m')
      await orchestration.restart()
      const outcome = await orchestration.outcome()
      expects(outcome).toHaveCompleted()
      expects(outcome.result!.result).toEqual([true])
    })
  },
)

describeOrchestration(
  'a run that was suspended while calls were under way',
  {
    system: async ({ vars, provider }) => {
      const { store, resume } = vars as { store: RunStore; resume: boolean }
      return new Orchestrator(
        loadPattern(twice),
        { resume },
        {},
        { trace: provider.trace, store, ...(resume ? {} : { onCheckpoint: () => {} }) },
      )
    },
    provider: { failRate: 0, latency: '30s' },
    // The system hands the orchestrator out, and is over before it.
    checks: { orphans: false },
  },
  (it) => {
    it('is suspended in the store, whatever became of the calls after that', async ({
      run,
      sleep,
      expect: expects,
    }) => {
      const store = new RunStore(':memory:')
      const { result: first } = await run({ vars: { store, resume: false } })
      const running = first!.run()
      await sleep('10s')
      first!.suspend({ running: 'cancel' })
      expects(await running).toMatchObject({ status: 'suspended' })
      // The process dies now, and this is what the next one finds.
      expects(store.list()).toMatchObject([{ status: 'suspended' }])
      const { result: next } = await run({ vars: { store, resume: true } })
      expects(await next!.run()).toMatchObject({ status: 'completed', result: [false] })
      expects(store.load('run')!.intents).toEqual([])
      store.close()
    })
  },
)

const asksOnce = {
  text: `name: p
agents: { worker: {} }
orchestration_logic:
  strategy: |
    GATHER answers FROM agents WITH prompt: "What do we know?", timeout: 1h, at_least: 0
    RETURN len(answers)
`,
}

describeOrchestration(
  'a question whose tries fail',
  {
    pattern: asksOnce,
    orchestrator: {
      store: ':memory:',
      retry: { attempts: 3, firstDelay: '1m', maxDelay: '1m' },
      breaker: { failures: 1_000 },
    },
    provider: { failRate: 0, faults: { server_error: 1 }, services: { openai: { failRate: 1 } } },
  },
  (it) => {
    it.for(['after the first try', 'after the second', 'after the last'])(
      'has no more of them for being killed %s',
      async (when, { start, sleep, clock, trace: seen, expect: expects }) => {
        const tries = ['after the first try', 'after the second', 'after the last'].indexOf(when) + 1
        const orchestration = await start()
        let failed = seen.ofType('attempt.failed')
        while (failed.length < tries) {
          await sleep('10ms')
          failed = seen.ofType('attempt.failed')
        }
        const { retryInMs, at } = failed.at(-1)!
        await orchestration.restart()
        const outcome = await orchestration.outcome()
        expects(outcome.result!.result).toBe(0)
        expects(seen.ofType('attempt.failed').map(({ attempt }) => attempt)).toEqual([1, 2, 3])
        // The pause goes on with what was left of it.
        if (retryInMs !== null) expects(outcome.calls[tries]!.arrivedAt).toBe(at + retryInMs)
        expects(clock.now()).toBeLessThan(clock.epoch + 3 * 60_000)
      },
    )
  },
)

describeOrchestration(
  'a circuit breaker that is open',
  {
    pattern: asksOnce,
    orchestrator: {
      store: ':memory:',
      retry: { attempts: 10, firstDelay: '1s', maxDelay: '1s' },
      breaker: { failures: 3, openFor: '10m' },
    },
    provider: { failRate: 0, windows: [outage({ from: 0, for: '5m' })] },
  },
  (it) => {
    it('stays so over a restart, for as long as was left', async ({ start, sleep, trace: seen, expect: expects }) => {
      const orchestration = await start()
      while (seen.ofType('breaker.changed').length === 0) await sleep('10ms')
      const opened = seen.ofType('breaker.changed')[0]!
      const before = seen.ofType('call.arrived').length
      await sleep('2m')
      await orchestration.restart()
      const outcome = await orchestration.outcome()
      expects(outcome.result!.result).toBe(1)
      const [next] = seen.ofType('call.arrived').slice(before)
      expects(next!.at).toBe(opened.at + 10 * 60_000)
    })
  },
)

describeOrchestration(
  'checkpoints by the clock',
  {
    pattern: {
      text: `name: p
variables: { enable_checkpoints: true, checkpoint_interval: 10m }
orchestration_logic:
  strategy: |
    SET round = 0
    WHILE true:
      SET round = round + 1
      WAIT 6 minutes
`,
    },
    orchestrator: { store: join(folder, 'interval.db') },
    provider: { failRate: 0 },
  },
  (it) => {
    it('are made, and gone back to', async ({ start, sleep, trace: seen, expect: expects }) => {
      const orchestration = await start()
      await sleep('61m')
      expects(seen.ofType('note').filter(({ text }) => text === 'checkpoint interval')).toHaveLength(6)
      await orchestration.suspend({ running: 'cancel' })
      await orchestration.resume({ checkpoint: 'run_1_checkpoint_2' })
      await sleep('1s')
      const outcome = await orchestration.cancel()
      expects(outcome).toHaveFailedWith('cancelled')
      const store = new RunStore(join(folder, 'interval.db'))
      // At twenty minutes it was in the fourth round.
      expects(store.load('run_1')).toMatchObject({ state: { machine: { variables: { round: 4 } } } })
      store.close()
    })
  },
)

const client = new OpenAI({ apiKey: 'test', maxRetries: 0 })
const ask = (key: string, signal?: AbortSignal) =>
  client.chat.completions.create(
    { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'x' }] },
    { headers: { 'idempotency-key': key }, ...(signal && { signal }) },
  )

describeOrchestration(
  'a service that knows idempotency keys',
  {
    provider: { latency: '10s', failRate: 0, services: { openai: { failRate: 0, idempotency: true } } },
    system: async () => {},
  },
  (it) => {
    it('works once for each key, and repeats its answer', async ({ provider, trace: seen, expect: expects }) => {
      const [first, second] = await Promise.all([ask('a'), ask('a')])
      const third = await ask('a')
      expects(second.id).toBe(first.id)
      expects(third.id).toBe(first.id)
      expects((await ask('b')).id).not.toBe(first.id)
      expects(provider.ledger.total.calls).toBe(2)
      expects(seen.ofType('call.replayed')).toHaveLength(2)
    })

    it('goes on when the client has gone, and gives the answer to who asks again', async ({
      clock,
      provider,
      expect: expects,
    }) => {
      const left = ask('c', AbortSignal.timeout(3_000))
      await expects(left).rejects.toThrow()
      const at = clock.now()
      await ask('c')
      expects(clock.now() - at).toBe(7_000)
      expects(provider.ledger.total).toMatchObject({ calls: 1, completed: 1 })
    })

    it('does not keep errors', async ({ provider, expect: expects }) => {
      provider.failNext(1, 'server_error')
      await expects(ask('d')).rejects.toThrow()
      expects((await ask('d')).choices).toHaveLength(1)
    })
  },
)

describeOrchestration(
  'a run that is over',
  {
    pattern: {
      text: strategy`
        name: p
        orchestration_logic:
          strategy: |
            RETURN 1
      `,
    },
    orchestrator: { store: ':memory:' },
  },
  (it) => {
    it('stays so, whoever suspends, resumes or restarts it', async ({ start, expect: expects }) => {
      const orchestration = await start()
      const before = await orchestration.outcome()
      await orchestration.restart()
      await orchestration.suspend()
      await orchestration.resume()
      expects(await orchestration.outcome()).toBe(before)
    })
  },
)
