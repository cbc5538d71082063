import { afterEach, describe, expect, test } from 'vitest'
import type { Answer } from '../../../src/provider/call.ts'
import type { ProviderConfig } from '../../../src/provider/index.ts'
import { provide, replyIn, request } from './provider-under-test.ts'

const WORDS = Array.from({ length: 40 }, (_, nth) => `word${nth}`).join(' ')
let stop = (): void => {}
afterEach(() => stop())

const provided = (config: ProviderConfig = {}) => {
  const made = provide({ latency: '10s', replies: WORDS, ...config })
  stop = () => made.clock.stop()
  return made
}

describe('a call that is answered', () => {
  test('is in the trace and in the ledger with the same usage and cost', async () => {
    const { ask, trace, provider } = provided()
    await ask()
    const [ended] = trace.ofType('call.ended')
    expect(ended).toMatchObject({ call: 1, afterMs: 10_000, finish: 'stop', fault: null })
    expect(provider.ledger.total).toMatchObject({ calls: 1, completed: 1, failed: 0, usage: ended!.usage })
    expect(provider.ledger.total.cost).toBe(BigInt(ended!.cost))
    expect(provider.openCalls).toBe(0)
  })

  test('costs half in a batch', async () => {
    const { ask, trace } = provided()
    await ask()
    await ask({ batch: true })
    const [whole, half] = trace.ofType('call.ended').map(({ cost }) => cost)
    expect(whole).toBeGreaterThan(0)
    expect(half).toBe(Math.round(whole! / 2))
  })
})

describe('a client that goes away', () => {
  test('pays for the prompt and for what was generated, once', async () => {
    const { provider, clock, trace } = provided()
    const got: Answer[] = []
    await clock.supervise(async () => {
      const call = provider.accept(request(), (part) => got.push(part))
      await clock.sleep(6_000)
      call.disconnect()
      call.disconnect()
      await clock.sleep(60_000)
    })
    const failed = trace.ofType('call.failed')
    expect(failed).toMatchObject([
      { call: 1, afterMs: 6_000, fault: 'disconnected', message: 'The client disconnected.', retryAfterMs: null },
    ])
    const [{ usage, cost }] = failed as [(typeof failed)[number]]
    // The first token comes after two of ten seconds: half of the rest has passed.
    expect(usage.input).toBeGreaterThan(0)
    expect(usage.output).toBeGreaterThan(20)
    expect(provider.ledger.total).toMatchObject({ calls: 1, completed: 0, failed: 1, cost: BigInt(cost) })
    expect([got, trace.ofType('call.ended')]).toEqual([[], []])
  })

  test('while it waits in line pays nothing, and the next one has its place', async () => {
    const { provider, clock, trace } = provided({ concurrency: 1 })
    await clock.supervise(async () => {
      const [, second] = ['ann', 'ben', 'cem'].map((agent) =>
        provider.accept(request({ callerHints: [agent], fingerprint: agent }), () => {}),
      )
      await clock.sleep(1_000)
      second!.disconnect()
      await clock.sleep(60_000)
    })
    expect(trace.ofType('call.failed')).toMatchObject([{ call: 2, cost: 0, usage: { input: 0, output: 0 } }])
    expect(trace.ofType('call.dequeued')).toMatchObject([{ call: 3, waitedMs: 10_000 }])
    expect(trace.ofType('call.ended').map(({ call }) => call)).toEqual([1, 3])
  })

  test('gives its place to the next one at once', async () => {
    const { provider, clock, trace } = provided({ concurrency: 1 })
    await clock.supervise(async () => {
      const [first] = ['ann', 'ben'].map((agent) =>
        provider.accept(request({ callerHints: [agent], fingerprint: agent }), () => {}),
      )
      await clock.sleep(4_000)
      first!.disconnect()
      await clock.sleep(60_000)
    })
    expect(trace.ofType('call.ended')).toMatchObject([{ call: 2, afterMs: 14_000 }])
  })

  test('leaves its place among the concurrent requests that are allowed', async () => {
    const { provider, clock, trace } = provided({ rateLimits: { concurrentRequests: 1 } })
    await clock.supervise(async () => {
      const first = provider.accept(request(), () => {})
      await clock.sleep(1_000)
      first.disconnect()
      provider.accept(request({ fingerprint: 'second' }), () => {})
      await clock.sleep(60_000)
    })
    expect(trace.ofType('call.ended').map(({ call }) => call)).toEqual([2])
  })
})

describe('a client that went away and asks again', () => {
  /** The retries of a client that goes away after some time, and asks again a second later. */
  async function retriesAfter(ms: number, over: Parameters<typeof request>[0] = {}, config: ProviderConfig = {}) {
    stop()
    const { provider, clock, trace } = provided(config)
    await clock.supervise(async () => {
      const call = provider.accept(request(over), () => {})
      await clock.sleep(ms)
      call.disconnect()
      await clock.sleep(1_000)
      provider.accept(request(over), () => {})
      await clock.sleep(60_000)
    })
    return trace.ofType('call.retried').map(({ call, of, afterMs }) => [call, of, afterMs])
  }

  test('retries, where nothing of the answer had come', async () => {
    expect(await retriesAfter(6_000)).toEqual([[2, 1, 1_000]])
    expect(await retriesAfter(1_999, { stream: true })).toEqual([[2, 1, 1_000]])
  })

  test('has read what it wanted of a stream', async () => {
    expect(await retriesAfter(2_001, { stream: true })).toEqual([])
  })

  test('retries where the stream had stalled', async () => {
    const config: ProviderConfig = { schedule: [{ agent: 'ann', nth: 0, fault: 'stall' }] }
    expect(await retriesAfter(9_000, { stream: true }, config)).toEqual([[2, 1, 1_000]])
  })

  test('asks anew where another call had brought the answer meanwhile', async () => {
    const { provider, clock, trace } = provided()
    await clock.supervise(async () => {
      provider.failNext(1, 'slow')
      const hedged = provider.accept(request(), () => {})
      provider.accept(request(), () => {})
      await clock.sleep(20_000)
      hedged.disconnect()
      provider.accept(request(), () => {})
      await clock.sleep(60_000)
    })
    expect(trace.ofType('call.failed')).toMatchObject([{ call: 1, fault: 'disconnected' }])
    expect(trace.ofType('call.retried')).toEqual([])
  })
})

describe('the end of a call', () => {
  test('is told of with its cause', async () => {
    const { ask, provider, trace } = provided()
    await ask()
    provider.failNext(1, 'server_error')
    await ask()
    const arrived = trace.ofType('call.arrived').map(({ seq }) => [seq])
    expect(trace.ofType('call.ended', 'call.failed').map(({ causes }) => causes)).toEqual(arrived)
    expect(trace.ofType('call.failed')[0]).toEqual({
      seq: expect.any(Number),
      at: 15_000,
      causes: arrived[1],
      type: 'call.failed',
      call: 2,
      afterMs: 5_000,
      fault: 'server_error',
      message: 'The server had an error.',
      retryAfterMs: null,
      usage: { input: 0, cachedInput: 0, cacheWrite: 0, output: 0, reasoning: 0 },
      cost: 0,
    })
  })

  test('of a client that leaves a stalled answer says so', async () => {
    const { provider, clock, trace } = provided()
    provider.failNext(1, 'stall')
    await clock.supervise(async () => {
      const call = provider.accept(request(), () => {})
      await clock.sleep(30_000)
      call.disconnect()
    })
    expect(trace.ofType('call.failed')).toMatchObject([
      { fault: 'disconnected', message: 'The client disconnected from a stalled answer.' },
    ])
    expect(provider.ledger.total.failed).toBe(1)
  })

  test('is booked for the agent, the model and the service', async () => {
    const { ask, provider } = provided()
    await ask({ callerHints: ['ben'] })
    const { byAgent, byModel, byService } = provider.ledger
    expect([byAgent, byModel, byService].map((by) => [...by.keys()])).toEqual([['ben'], ['gpt-4o-mini'], ['openai']])
  })

  test('books what was generated against the limit of tokens', async () => {
    const { ask } = provided({ latency: 0, rateLimits: { outputTokensPerMinute: 1_000 } })
    const { usage } = replyIn(await ask())
    const [second] = await ask()
    expect(usage.output).toBeGreaterThan(20)
    expect(second).toMatchObject({ limits: { outputTokens: { remaining: 1_000 - 2 * usage.output } } })
  })
})
