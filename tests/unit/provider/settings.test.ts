import { describe, expect, test } from 'vitest'
import type { ProviderConfig } from '../../../src/provider/index.ts'
import { DEFAULT_MIX } from '../../../src/provider/faults/index.ts'
import type { Model } from '../../../src/provider/models.ts'
import { Settings } from '../../../src/provider/settings.ts'
import { request } from './provider-under-test.ts'

const ANN = { agent: 'ann', model: 'gpt-4o-mini', provider: 'openai', nth: 0, at: 0 }
const NO_SPEED = { speed: undefined } as Model
const WITH_SPEED = { speed: { timeToFirstToken: 1, tokensPerSecond: 1 } } as Model

/** What is set of ann's calls of a model of OpenAI, by where it is set. */
const levels = <Value>(key: string, [agent, model, service, all]: readonly (Value | undefined)[]): ProviderConfig => ({
  agents: { ann: { ...(agent !== undefined && { [key]: agent }) }, ben: { [key]: undefined } },
  models: { 'gpt-4o-mini': { ...(model !== undefined && { [key]: model }) } },
  services: { openai: { ...(service !== undefined && { [key]: service }) } },
  ...(all !== undefined && { [key]: all }),
})

describe('the narrowest setting counts: of the agent, the model, the service, then all', () => {
  const rows = [
    [1, 0.8, 0.5, 0.2],
    [undefined, 0.8, 0.5, 0.2],
    [undefined, undefined, 0.5, 0.2],
    [undefined, undefined, undefined, 0.2],
    // A zero is a setting.
    [0, 0.8, 0.5, 0.2],
  ]
  const first = (row: readonly (number | undefined)[]) => row.find((value) => value !== undefined)

  test.each(rows)('failRate: %s, %s, %s, %s', (...row) => {
    expect(new Settings(levels('failRate', row)).faults().rateOf(ANN)).toBe(first(row))
  })

  test.each(rows)('latency: %s, %s, %s, %s', (...row) => {
    const settings = new Settings(levels('latency', row))
    expect(settings.latencyOf('ann', request(), NO_SPEED)!.quantile(0.5)).toBe(first(row))
  })

  test('faults', () => {
    const mixes = [{ hang: 1 }, { reset: 1 }, { slow: 1 }, { stall: 1 }]
    for (let from = 0; from < 4; from++) {
      const row = mixes.map((mix, index) => (index < from ? undefined : mix))
      expect(new Settings(levels('faults', row)).faults().mixOf(ANN)).toBe(mixes[from])
    }
  })
})

test('without settings no call fails, and a call takes four seconds in the median, and twelve in one of twenty', () => {
  for (const config of [{}, levels('failRate', [])]) {
    const settings = new Settings(config)
    expect(settings.faults()).toMatchObject({ windows: [], bursts: undefined, schedule: undefined })
    expect([settings.faults().rateOf(ANN), settings.faults().mixOf(ANN)]).toEqual([0, DEFAULT_MIX])
    const latency = settings.latencyOf('ann', request(), NO_SPEED)!
    expect([latency.quantile(0.5), latency.quantile(0.95)].map(Math.round)).toEqual([4_000, 12_000])
    expect(settings.embeddingLatency('ann', request()).quantile(0.5)).toBe(200)
    expect(settings.slowFactor).toBe(5)
    expect(settings.rules()).toEqual([])
    expect(settings.ofService('concurrency', 'openai')).toBeUndefined()
  }
})

test('names such as those of every object are names like others', () => {
  const settings = new Settings({ agents: {}, models: {}, services: {}, failRate: 0.1 })
  const subject = { ...ANN, agent: 'constructor', model: 'toString', provider: 'valueOf' }
  expect(settings.faults().rateOf(subject)).toBe(0.1)
})

test('a model with a speed of its own answers by it, unless its agent or itself has a latency', () => {
  const latencyOf = (config: ProviderConfig) => new Settings(config).latencyOf('ann', request(), WITH_SPEED)
  expect(latencyOf({ latency: 5, services: { openai: { latency: 6 } } })).toBeUndefined()
  expect(latencyOf({ agents: { ann: { latency: 7 } } })!.quantile(0)).toBe(7)
  expect(latencyOf({ models: { 'gpt-4o-mini': { latency: 8 } } })!.quantile(0)).toBe(8)
})

test('embeddings take the latency that is set from the narrowest place, and are quick without one', () => {
  const latencyOf = (config: ProviderConfig): number =>
    new Settings(config).embeddingLatency('ann', request({ model: 'embed' })).quantile(0.9)
  expect(latencyOf({ agents: { ann: { latency: '4s' } }, models: { embed: { latency: '3s' } } })).toBe(4_000)
  expect(latencyOf({ models: { embed: { latency: '3s' } }, services: { openai: { latency: '2s' } } })).toBe(3_000)
  expect(latencyOf({ services: { openai: { latency: '2s' } }, latency: '1s' })).toBe(2_000)
  expect(latencyOf({ latency: '1s' })).toBe(1_000)
  const speed = { timeToFirstToken: '9s', tokensPerSecond: 1 } as const
  expect(latencyOf({ agents: { ben: { latency: '4s' } }, models: { embed: { speed } } })).toBe(200)
})

test("the agents' own replies come first, then the rules, or what all are answered", () => {
  const agents = { ann: { reply: 'A' }, ben: {}, cem: { reply: ['C'] } }
  const own = [
    { agent: 'ann', reply: 'A' },
    { agent: 'cem', reply: ['C'] },
  ]
  const rules = (replies: ProviderConfig['replies']) => new Settings({ agents, ...(replies && { replies }) }).rules()
  expect(rules(undefined)).toEqual(own)
  expect(rules([{ content: 'x', reply: 'X' }])).toEqual([...own, { content: 'x', reply: 'X' }])
  expect(rules('All.')).toEqual([...own, { reply: 'All.' }])
  expect(rules(['One.', 'Two.'])).toEqual([...own, { reply: ['One.', 'Two.'] }])
})

test('a key counts at a service that knows such keys, and stands for nothing at another', () => {
  const settings = new Settings({ services: { openai: { idempotency: true }, google: { idempotency: false } } })
  const key = (over: object) => settings.idempotencyKey(request(over))
  expect(key({ idempotencyKey: 'k' })).toBe('openai/k')
  expect(key({})).toBeUndefined()
  expect(key({ provider: 'google', idempotencyKey: 'k' })).toBeUndefined()
  expect(key({ provider: 'other', idempotencyKey: 'k' })).toBeUndefined()
})

test('limits are those of a service, or of each', () => {
  const settings = new Settings({
    concurrency: 9,
    rateLimits: { requestsPerMinute: 9 },
    services: { openai: { concurrency: 1, rateLimits: { requestsPerMinute: 1 } } },
  })
  expect(['openai', 'google'].map((name) => settings.ofService('concurrency', name))).toEqual([1, 9])
  expect(settings.ofService('rateLimits', 'openai')).toEqual({ requestsPerMinute: 1 })
  expect(settings.ofService('rateLimits', 'google')).toEqual({ requestsPerMinute: 9 })
})

test('windows, bursts, the schedule and the factor of slow calls are passed on', () => {
  const bursts = { meanOn: '1s', meanOff: '1m' } as const
  const schedule = [{ agent: 'ann', nth: 0, fault: 'hang' }] as const
  const settings = new Settings({ slowFactor: 2, bursts, schedule, windows: [{ from: '1s', failRate: 1 }] })
  expect(settings.slowFactor).toBe(2)
  expect(settings.windows).toMatchObject([{ fromMs: 1_000, rate: 1 }])
  expect(settings.faults()).toMatchObject({ windows: settings.windows, bursts, schedule })
})
