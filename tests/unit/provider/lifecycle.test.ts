import { afterEach, describe, expect, test } from 'vitest'
import type { Answer } from '../../../src/provider/call.ts'
import type { ProviderConfig } from '../../../src/provider/index.ts'
import { provide, request } from './provider-under-test.ts'

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
