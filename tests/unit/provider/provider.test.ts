import { afterEach, describe, expect, test } from 'vitest'
import { latency, type AcceptedCall, type ProviderConfig } from '../../../src/provider/index.ts'
import { provide, replyIn, request } from './provider-under-test.ts'

let stop = (): void => {}
afterEach(() => stop())

const provided = (config: ProviderConfig = {}, seed = 1) => {
  stop()
  const made = provide({ latency: '10s', replies: 'Yes.', ...config }, seed)
  stop = () => made.clock.stop()
  return made
}
const REFUSED = { host: 'api.openai.com', method: 'GET', path: '/', status: null, message: 'No.' }

describe('a request with an idempotency key', () => {
  const services = { openai: { idempotency: true } }
  const keyed = (over: Parameters<typeof request>[0] = {}) => request({ idempotencyKey: 'k', ...over })
  /** Sends such requests, lets others go away, and tells what was answered when, and what the trace has. */
  async function after(
    steps: (
      send: (over?: Parameters<typeof request>[0]) => AcceptedCall,
      sleep: (ms: number) => Promise<void>,
    ) => Promise<void>,
    config: ProviderConfig = {},
  ) {
    const { provider, clock, trace } = provided({ services, ...config })
    const answered: string[] = []
    const ids: number[] = []
    await clock.supervise(async () => {
      await steps(
        (over) => {
          const sent = ids.length
          const call = provider.accept(keyed(over), ({ kind }) => answered.push(`${sent} ${kind} at ${clock.now()}`))
          ids.push(call.id)
          return call
        },
        (ms) => clock.sleep(ms),
      )
      await clock.sleep(60_000)
    })
    const events = [...trace].flatMap((event) =>
      event.type.startsWith('call.') && 'call' in event ? [`${event.type} ${event.call}`] : [],
    )
    return { answered, ids, events, calls: provider.ledger.total.calls }
  }

  test('is worked on once, and answered each time', async () => {
    const found = await after(async (send, sleep) => {
      send()
      await sleep(1_000)
      send()
      await sleep(20_000)
      send()
    })
    expect(found).toEqual({
      ids: [1, 1, 1],
      calls: 1,
      answered: ['0 whole at 10000', '1 whole at 10000', '2 whole at 21020'],
      events: ['call.arrived 1', 'call.replayed 1', 'call.ended 1', 'call.replayed 1'],
    })
  })

  test('is worked on as often as it comes in a stream, with another key, or at a service without keys', async () => {
    const twice = (second: Parameters<typeof request>[0], config?: ProviderConfig) =>
      after(async (send) => {
        send()
        send(second)
        await Promise.resolve()
      }, config)
    expect((await twice({ stream: true })).calls).toBe(2)
    expect((await twice({ idempotencyKey: 'other' })).calls).toBe(2)
    expect((await twice({}, { services: {} })).calls).toBe(2)
    expect((await twice({})).calls).toBe(1)
  })

  test('is worked on without its client, which is told of when the last one has gone away', async () => {
    const found = await after(async (send, sleep) => {
      const first = send()
      const second = send()
      await sleep(1_000)
      first.disconnect()
      await sleep(1_000)
      second.disconnect()
      await sleep(1_000)
      send()
    })
    expect(found.answered).toEqual(['2 whole at 10000'])
    expect(found.events).toEqual([
      'call.arrived 1',
      'call.replayed 1',
      'call.left 1',
      'call.replayed 1',
      'call.ended 1',
    ])
  })

  test('is worked on again once its first call has stalled and its client has gone away', async () => {
    const found = await after(
      async (send, sleep) => {
        const first = send()
        await sleep(20_000)
        first.disconnect()
        send()
      },
      { schedule: [{ agent: 'ann', nth: 0, fault: 'stall' }] },
    )
    expect(found.ids).toEqual([1, 2])
    expect(found.events).toEqual([
      'call.arrived 1',
      'call.failed 1',
      'call.arrived 2',
      'call.retried 2',
      'call.ended 2',
    ])
  })
})

describe('a call', () => {
  test('that is refused at the door is answered after a moment', async () => {
    const { ask, trace } = provided()
    const [refused] = await ask({ model: 'gpt-none' })
    expect(refused).toMatchObject({
      kind: 'refusal',
      refusal: { kind: 'model_not_found', model: 'gpt-none' },
      at: 20,
    })
    expect(trace.ofType('call.failed')).toMatchObject([{ call: 1, afterMs: 20, fault: 'model_not_found', cost: 0 }])
  })

  test('takes as long as its latency says, times the factors of its fault and of all calls', async () => {
    const tookMs = async (config: ProviderConfig) => {
      const { ask } = provided(config)
      return (await ask())[0]!.at
    }
    expect(await tookMs({})).toBe(10_000)
    expect(await tookMs({ latencyScale: 0.5 })).toBe(5_000)
    const slow = { failRate: 1, faults: { slow: 1 } }
    expect(await tookMs(slow)).toBe(50_000)
    expect(await tookMs({ ...slow, slowFactor: 3, latencyScale: 0.5 })).toBe(15_000)
    expect(await tookMs({ failRate: 1, faults: { overloaded: 1 }, latencyScale: 4 })).toBe(2_000)
  })

  test('that works on without its client is refused at once where a fault stops it at the door', async () => {
    const { ask, provider } = provided()
    const door = async (over: Parameters<typeof ask>[0]) => {
      provider.failNext(1, 'bad_gateway')
      const before = provider.clock.now()
      return (await ask(over))[0]!.at - before
    }
    expect([await door({}), await door({ detached: true })]).toEqual([3_000, 20])
  })

  test('that waits is told of for the deadlock report, the earlier ones first', async () => {
    const { provider, clock } = provided({ latency: latency.never() })
    await clock.supervise(async () => {
      const send = (agent: string) => provider.accept(request({ callerHints: [agent], fingerprint: agent }), () => {})
      const first = send('ann')
      await clock.sleep(1_000)
      for (const agent of ['ben', 'cem', 'dan']) send(agent)
      first.disconnect()
      await clock.sleep(1_000)
    })
    const what = (call: number) => `call ${call} to gpt-4o-mini, whose latency is never()`
    expect(provider.waiters()).toEqual([
      { who: 'agent ben', what: what(2), since: 1_000, agent: 'ben' },
      { who: 'agent cem', what: what(3), since: 1_000, agent: 'cem' },
      { who: 'agent dan', what: what(4), since: 1_000, agent: 'dan' },
    ])
    expect(provider.openCalls).toBe(3)
  })
})

describe('a provider', () => {
  test('numbers the requests that a service refuses among its calls, and not those that reach none', async () => {
    const { provider, ask, trace } = provided()
    provider.refuse({ ...REFUSED, reason: 'invalid' })
    provider.refuse({ ...REFUSED, reason: 'outside' })
    provider.refuse({ ...REFUSED, reason: 'too_large' })
    await ask()
    expect(trace.ofType('call.refused').map(({ call }) => call)).toEqual([1, null, 2])
    expect(trace.ofType('call.arrived').map(({ call }) => call)).toEqual([3])
  })

  test('gives requests ids that differ from each other, and are the same for the same seed', async () => {
    const ids = (seed: number) => {
      const { provider } = provided({}, seed)
      return [provider.requestId(), provider.requestId(), provider.requestId()]
    }
    const made = ids(1)
    expect(new Set([...made, ...ids(2)]).size).toBe(6)
    expect(ids(1)).toEqual(made)
    for (const id of made) expect(id).toMatch(/^[0-9a-f]{16}$/)
    const reply = replyIn(await provided().ask())
    expect(made).not.toContain(reply.id)
  })

  test('tells which calls chance has let fail, and which failures no call has met', async () => {
    const schedule = [
      { agent: 'ann', nth: 1, fault: 'hang' as const },
      { agent: 'ann', nth: 0, fault: 'reset' as const },
    ]
    const { provider, ask } = provided({ schedule })
    provider.failNext(2, 'overloaded', { agent: 'ben' })
    await ask()
    expect(provider.injected).toEqual([{ agent: 'ann', nth: 0, fault: 'reset' }])
    expect(provider.unreachedFaults).toEqual([{ agent: 'ann', nth: 1, fault: 'hang' }])
    expect(provider.unmetFailures).toMatchObject([{ count: 2, fault: 'overloaded', scope: { agent: 'ben' } }])
  })

  test('tells no failures where there are too many to remember', async () => {
    const { provider, clock } = provided({ failRate: 1, faults: { overloaded: 1 } })
    const fail = async (calls: number) => {
      for (let nth = 0; nth < calls; nth++) provider.accept(request({ fingerprint: String(nth) }), () => {})
      await clock.sleep(60_000)
      return provider.injected?.length
    }
    await clock.supervise(async () => {
      expect([await fail(9_999), await fail(1)]).toEqual([9_999, undefined])
    })
  })

  test('tells which rules have answered nobody', async () => {
    const replies = [
      { agent: 'ann', reply: 'A' },
      { agent: 'ben', reply: 'B' },
    ]
    const { provider, ask } = provided({ replies })
    await ask()
    expect(provider.unusedReplies).toEqual([replies[1]])
  })

  test('knows its windows in milliseconds', () => {
    const { provider } = provided({ windows: [{ from: '1m', failRate: 0.5, service: 'openai' }] })
    expect(provider.windows).toMatchObject([
      { fromMs: 60_000, forMs: Number.POSITIVE_INFINITY, rate: 0.5, slowFactor: 1, service: 'openai' },
    ])
  })

  test('knows its models, by any of their names', () => {
    const { provider } = provided({ models: { own: { contextWindow: 9_000 } } })
    expect(provider.modelOf('openai', 'own')).toMatchObject({ id: 'own', contextWindow: 9_000 })
    expect(provider.modelOf('openai', 'gpt-4o-mini-2024-07-18')!.contextWindow).toBe(128_000)
    expect(provider.modelOf('openai', 'gpt-none')).toBeUndefined()
    expect(provider.modelsOf('openai').map(({ id }) => id)).toContain('gpt-4o-mini')
  })

  test('counts the tokens of a prompt as it bills them', async () => {
    const { provider, ask } = provided()
    expect(replyIn(await ask()).usage.input).toBe(provider.countTokens(request()))
    const messages = [...request().messages, ...request().messages]
    expect(provider.countTokens(request({ messages }))).toBeGreaterThan(provider.countTokens(request()))
    expect(provider.countTokens(request({ messages: [] }))).toBe(0)
  })

  test('knows the persona of an agent, the same for the same seed', () => {
    const ann = provided().provider.persona('ann')
    expect(provided().provider.persona('ann')).toEqual(ann)
    expect(provided({}, 2).provider.persona('ann')).not.toEqual(ann)
  })

  test('keeps the texts of prompts and answers only where it is told to', async () => {
    const { ask, trace } = provided()
    await ask()
    expect(trace.ofType('call.arrived')[0]).not.toHaveProperty('messages')
    expect(trace.ofType('call.ended')[0]).not.toHaveProperty('answer')
  })
})
