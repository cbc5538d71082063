import { describe, expect, test } from 'vitest'
import { Breakers } from '../../../../../src/orchestrator/questions/breaker/breakers.ts'
import { AgentRestarted } from '../../../../../src/orchestrator/service/failures.ts'
import { resolveSettings } from '../../../../../src/orchestrator/resolve-settings.ts'
import { failure, fated, open, question, target, Told, type Fate } from '../../../../given/ask.ts'
import { HandTime } from '../../../../given/hand-time.ts'

/** Breakers that three failures in a row open, for half a minute. */
const { breaker: LIMITS } = resolveSettings({ breaker: { failures: 3, openFor: '30s' } }, {})

function broken(fates: readonly Fate[], before?: ReturnType<Breakers['save']>) {
  const time = new HandTime()
  const trace = new Told()
  const breakers = new Breakers(LIMITS, { trace, time }, before)
  const service = fated(time, fates)
  const policy = breakers.breaking(service)
  /** Asks, and gives how that ended. */
  const ask = async (model = 'mini', signal = open()): Promise<string> => {
    const asked = policy(question({ target: target(model) }), signal).then(
      () => 'answered',
      (error: { kind?: string; name: string }) => error.kind ?? error.name,
    )
    await time.pass(10)
    return asked
  }
  return { time, trace, breakers, service, ask }
}

describe('the breakers of a run', () => {
  test('are one a model, and open apart', async () => {
    const { breakers, ask, service, trace } = broken([{ ends: failure('server_error') }])
    for (let nth = 0; nth < 3; nth++) expect(await ask('mini')).toBe('server_error')
    expect(await ask('mini')).toBe('breaker_open')
    expect(service.asked).toHaveLength(3)
    expect(await ask('large')).toBe('server_error')
    expect(breakers.states).toEqual({ 'openai/mini': 'open', 'openai/large': 'closed' })
    expect(trace.of('breaker.changed')).toEqual([{ type: 'breaker.changed', target: 'openai/mini', state: 'open' }])
  })

  test('are as they were after a restart', async () => {
    const first = broken([{ ends: failure('server_error') }])
    for (let nth = 0; nth < 3; nth++) await first.ask()
    const second = broken([{}], JSON.parse(JSON.stringify(first.breakers.save())) as ReturnType<Breakers['save']>)
    expect(second.breakers.states).toEqual({ 'openai/mini': 'open' })
    expect(await second.ask()).toBe('breaker_open')
  })

  test.for(['rate_limited', 'refused_request', 'budget', 'cancelled'] as const)(
    'do not open for %s: it tells nothing of the service',
    async (kind) => {
      const { breakers, ask } = broken([{ ends: failure(kind) }])
      for (let nth = 0; nth < 6; nth++) expect(await ask()).toBe(kind)
      expect(breakers.states).toEqual({ 'openai/mini': 'closed' })
    },
  )

  test('do not open for errors that are no failures of a call', async () => {
    const { breakers, ask } = broken([{ ends: new TypeError('a mistake') }])
    for (let nth = 0; nth < 6; nth++) expect(await ask()).toBe('TypeError')
    expect(breakers.states).toEqual({ 'openai/mini': 'closed' })
  })

  test.for([
    ['a caller whose time is over', failure('deadline'), 'open'],
    ['an agent that is restarted', new AgentRestarted('ann'), 'open'],
    ['a caller who has changed his mind', failure('cancelled'), 'closed'],
  ] as const)('take %s for what it tells', async ([, reason, state]) => {
    const { breakers, ask, time } = broken([{ ms: 60_000 }])
    for (let nth = 0; nth < 4; nth++) {
      const caller = new AbortController()
      const asked = ask('mini', caller.signal)
      await time.pass(20_000)
      caller.abort(reason)
      await asked
    }
    expect(breakers.states).toEqual({ 'openai/mini': state })
  })
})
