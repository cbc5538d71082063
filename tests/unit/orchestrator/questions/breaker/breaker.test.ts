import { describe, expect, test } from 'vitest'
import { Breaker, type SavedBreaker } from '../../../../../src/orchestrator/questions/breaker/breaker.ts'
import { Breakers } from '../../../../../src/orchestrator/questions/breaker/breakers.ts'
import { resolveBreakerSettings } from '../../../../../src/orchestrator/questions/breaker/settings.ts'
import { AgentRestarted } from '../../../../../src/orchestrator/service/failures.ts'
import { HandTime } from '../../../../given/hand-time.ts'
import { failure, fated, open, question, standing, Told, type Fate } from '../../../../given/ask.ts'

const LIMITS = resolveBreakerSettings({ failures: 3, openFor: '1m' })

function breaking(fates: readonly Fate[]) {
  const time = new HandTime()
  const trace = new Told()
  const breakers = new Breakers(LIMITS, { trace, time })
  const service = fated(time, fates)
  const states = (): string[] => trace.of('breaker.changed').map(({ state }) => state)
  return { time, breakers, service, states, ask: breakers.breaking(service) }
}

const down: Fate = { ms: 10, ends: failure('server_error') }

/** A breaker whose time to try has come, and what happens to the calls then. */
async function halfOpen(fates: readonly Fate[]) {
  const broken = breaking([down, down, down, ...fates])
  for (let nth = 0; nth < 3; nth++) {
    broken.ask(question(), open()).catch(() => {})
    await broken.time.pass(10)
  }
  await broken.time.pass(60_000)
  return broken
}

describe('a circuit breaker', () => {
  test('opens, refuses, lets one call try, and closes with its answer', async () => {
    const { time, ask, service, states } = await halfOpen([{ ms: 100 }])
    expect(states()).toEqual(['open'])
    const all = [1, 2, 3].map(() => ask(question(), open()))
    await time.pass(0)
    expect(states()).toEqual(['open', 'half-open'])
    expect(service.asked).toHaveLength(4)
    await time.pass(200)
    await Promise.all(all)
    expect(states()).toEqual(['open', 'half-open', 'closed'])
  })

  test('refuses while it is open', async () => {
    const { time, ask, breakers } = breaking([down])
    for (let nth = 0; nth < 3; nth++) {
      ask(question(), open()).catch(() => {})
      await time.pass(10)
    }
    await expect(ask(question(), open())).rejects.toMatchObject({ kind: 'breaker_open' })
    expect(breakers.of('openai/mini').opensInMs).toBe(60_000)
  })

  test('opens again where the trial fails, and all who wait are refused', async () => {
    const { time, ask, states } = await halfOpen([down])
    const all = Promise.allSettled([1, 2, 3].map(() => ask(question(), open())))
    await time.pass(10)
    expect((await all).map((each) => (each as PromiseRejectedResult).reason.kind)).toEqual([
      'server_error',
      'breaker_open',
      'breaker_open',
    ])
    expect(states()).toEqual(['open', 'half-open', 'open'])
  })
})

describe('a trial that says nothing', () => {
  test.for(['rate_limited', 'budget', 'refused_request', 'terminated', 'cancelled'] as const)(
    'as it is %s neither closes nor opens the breaker: the next one tries',
    async (kind) => {
      const { time, ask, service, states } = await halfOpen([{ ms: 10, ends: failure(kind) }, { ms: 100 }])
      const first = ask(question(), open())
      first.catch(() => {})
      const second = ask(question(), open())
      await time.pass(10)
      expect(await standing(first)).toBe(kind)
      expect(states()).toEqual(['open', 'half-open'])
      expect(service.asked).toHaveLength(5)
      await time.pass(100)
      await second
      expect(states()).toEqual(['open', 'half-open', 'closed'])
    },
  )

  test('as something else went wrong in it is none, either', async () => {
    const { time, ask, states } = await halfOpen([{ ms: 10, ends: new TypeError('A mistake.') }])
    ask(question(), open()).catch(() => {})
    await time.pass(10)
    expect(states()).toEqual(['open', 'half-open'])
  })

  test.for([
    ['cancelled', failure('cancelled')],
    ['gone with its agent', failure('terminated')],
    ['given up after a moment', failure('deadline')],
  ] as const)('as it was %s hands on to who waits', async ([, reason]) => {
    const { time, ask, service, states } = await halfOpen([{ ms: 60_000 }, { ms: 100 }])
    const caller = new AbortController()
    ask(question(), caller.signal).catch(() => {})
    const next = ask(question(), open())
    await time.pass(500)
    caller.abort(reason)
    await time.pass(100)
    await next
    expect(service.asked).toHaveLength(5)
    expect(states()).toEqual(['open', 'half-open', 'closed'])
  })
})

describe('who waits for another’s trial', () => {
  test('waits no longer than its own deadline', async () => {
    const { time, ask } = await halfOpen([{ ms: 600_000 }])
    ask(question(), open()).catch(() => {})
    const caller = new AbortController()
    const waits = ask(question(), caller.signal)
    waits.catch(() => {})
    await time.pass(10_000)
    expect(await standing(waits)).toBe('pending')
    caller.abort(failure('deadline'))
    await expect(waits).rejects.toMatchObject({ kind: 'deadline' })
  })
})

describe('a service that hangs', () => {
  test.for([
    ['a deadline that was missed', failure('deadline')],
    ['an agent that was started again', new AgentRestarted('ann')],
  ] as const)('is known by %s', async ([, reason]) => {
    const { time, ask, states } = breaking([{ ms: 600_000 }])
    for (let nth = 0; nth < 3; nth++) {
      const caller = new AbortController()
      ask(question(), caller.signal).catch(() => {})
      await time.pass(5_000)
      caller.abort(reason)
      await time.pass(0)
    }
    expect(states()).toEqual(['open'])
  })

  test('is not told from one that had no time', async () => {
    const { time, ask, states } = breaking([{ ms: 8_000 }, { ms: 8_000 }, { ms: 600_000 }])
    for (let nth = 0; nth < 2; nth++) {
      const answered = ask(question(), open())
      await time.pass(8_000)
      await answered
    }
    for (let nth = 0; nth < 20; nth++) {
      const caller = new AbortController()
      ask(question(), caller.signal).catch(() => {})
      await time.pass(5_000)
      caller.abort(failure('deadline'))
      await time.pass(0)
    }
    expect(states()).toEqual([])
  })
})

describe('a breaker after a restart', () => {
  test('is open for what was left, and a trial that was under way begins anew', async () => {
    const { time, breakers, ask } = await halfOpen([{ ms: 600_000 }])
    ask(question(), open()).catch(() => {})
    await time.pass(0)
    const saved: SavedBreaker = breakers.save()['openai/mini']!
    expect(saved.openSince).toBe(30)
    const again = new Breaker('openai/mini', LIMITS, { time, onChange: () => {}, before: saved })
    expect(again.opensInMs).toBe(0)
    const trial = await again.enter(open())
    expect(again.state).toBe('half-open')
    trial.ended('answered')
    expect(again.state).toBe('closed')
  })

  test('its settings have ranges', () => {
    expect(() => resolveBreakerSettings({ failures: 0 })).toThrow('breaker.failures is 0. Give a number of at least 1.')
    expect(() => resolveBreakerSettings({ failureRate: 1.5 })).toThrow(
      'breaker.failureRate is 1.5. Give a number from 0 to 1.',
    )
    expect(() => resolveBreakerSettings({ failureRate: Number.NaN })).toThrow('breaker.failureRate is NaN.')
    expect(resolveBreakerSettings()).toEqual({ failures: 8, failureRate: 0.8, windowMs: 300_000, openMs: 300_000 })
  })
})

describe('late ends', () => {
  test('of calls from before an opening change nothing after it', async () => {
    const time = new HandTime()
    const states: string[] = []
    const breaker = new Breaker('m', LIMITS, { time, onChange: (state) => void states.push(state) })
    const early = await breaker.enter(open())
    for (let nth = 0; nth < 3; nth++) (await breaker.enter(open())).ended('failed')
    await time.pass(60_000)
    await breaker.enter(open())
    early.ended('failed')
    expect(states).toEqual(['open', 'half-open'])
  })
})
