import { expect, test } from 'vitest'
import type { ProviderConfig } from '../../../src/provider/index.ts'
import { never, uniform } from '../../../src/provider/latency.ts'
import type { OpenCall } from '../../../src/provider/open-call.ts'
import { Settings } from '../../../src/provider/settings.ts'
import { Timings } from '../../../src/provider/timing.ts'
import { KeyedRandom } from '../../../src/random/index.ts'
import { provide, request } from './provider-under-test.ts'

const WORDS = (count: number): string => 'word '.repeat(count)
const asked = (text: string) => ({
  messages: [{ role: 'user' as const, text, toolCalls: [], cacheBreakpoint: false }],
  model: 'own',
  stream: true,
})

async function firstTokens(speed: object, prompts: readonly string[]): Promise<number[]> {
  const { ask, trace, clock } = provide({
    replies: 'Yes.',
    models: { own: { speed: { timeToFirstToken: '400ms', tokensPerSecond: 50, ...speed } } },
  })
  for (const prompt of prompts) await ask(asked(prompt))
  clock.stop()
  return trace.ofType('call.firstToken').map(({ afterMs }) => afterMs)
}

test('the first token waits for the prompt to be read', async () => {
  const [short, long] = await firstTokens({ prefillTokensPerSecond: 1_000 }, ['Hello', WORDS(3_000)])
  expect(short).toBeLessThan(420)
  expect(long).toBeGreaterThan(3_400)
  expect(long).toBeLessThan(3_450)
})

test('what the prompt cache has is not read again', async () => {
  const [first, again] = await firstTokens({ prefillTokensPerSecond: 1_000 }, [WORDS(3_000), WORDS(3_000)])
  expect(first).toBeGreaterThan(3_400)
  expect(again).toBeLessThan(700)
})

test('a model that says nothing of it reads at once', async () => {
  expect(await firstTokens({}, ['Hello', WORDS(3_000)])).toEqual([400, 400])
})

/** When the answer to a call begins and ends. */
const timed = (config: ProviderConfig, over: object = {}, outputTokens = 100) =>
  new Timings(new Settings(config), new KeyedRandom(1)).of(
    {
      request: request(),
      caller: { agent: 'ann', conversation: 'ann/1', turn: 1 },
      nth: 0,
      model: { speed: undefined },
      input: { input: 5_000, cachedInput: 1_000, cacheWrite: 0 },
      scale: 1,
      ...over,
    } as unknown as OpenCall,
    outputTokens,
  )

test('an answer takes its latency times the factor of its call, and never stays never', () => {
  expect(timed({ latency: '10s' })).toEqual({ firstTokenMs: 2_000, totalMs: 10_000 })
  expect(timed({ latency: '10s' }, { scale: 0.5 })).toEqual({ firstTokenMs: 1_000, totalMs: 5_000 })
  expect(timed({ latency: never() }, { scale: 0 }).totalMs).toBe(Number.POSITIVE_INFINITY)
})

test('a model with a speed reads what is not cached, and then says a token after another', () => {
  const speed = { timeToFirstToken: '400ms', tokensPerSecond: 50, prefillTokensPerSecond: 2_000 } as const
  const model = { speed }
  expect(timed({}, { model })).toEqual({ firstTokenMs: 2_400, totalMs: 4_400 })
  expect(timed({}, { model, scale: 2 })).toEqual({ firstTokenMs: 4_800, totalMs: 8_800 })
  expect(timed({}, { model }, 0)).toEqual({ firstTokenMs: 2_400, totalMs: 2_400 })
  expect(timed({ agents: { ann: { latency: 7 } } }, { model })).toMatchObject({ totalMs: 7 })
})

test('embeddings are quick where no latency is set, and else take the time that is set', () => {
  const embedding = {
    request: request({ model: 'embed', dimensions: 8 }),
    model: { speed: { timeToFirstToken: '1h', tokensPerSecond: 1 } } as const,
  }
  expect(timed({}, embedding).totalMs).toBe(200)
  expect(timed({ latency: '1m' }, embedding).totalMs).toBe(60_000)
  expect(timed({ latency: '1m', agents: { ann: { latency: '1h' } } }, embedding).totalMs).toBe(3_600_000)
  expect(timed({ models: { embed: { latency: '3s' } } }, embedding).totalMs).toBe(3_000)
})

test('latencies are drawn for each call of each agent, and are the same when they are asked for again', () => {
  const config = { latency: uniform(0, 1_000_000) }
  const caller = (agent: string) => ({ caller: { agent, conversation: 'x', turn: 1 } })
  const drawn = [{}, { nth: 1 }, caller('ben'), { ...caller('ben'), nth: 1 }].map((over) => timed(config, over).totalMs)
  expect(new Set(drawn).size).toBe(4)
  expect(timed(config).totalMs).toBe(drawn[0])
})
