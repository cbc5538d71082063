import { afterEach, describe, expect, test } from 'vitest'
import type { Answer } from '../../../src/provider/call.ts'
import type { ProviderConfig } from '../../../src/provider/index.ts'
import { provide, replyIn, request } from './provider-under-test.ts'

const WORDS = Array.from({ length: 40 }, (_, nth) => `word${nth}`).join(' ')
const TOOL = { name: 'paint', description: '', parameters: {} }
let stop = (): void => {}
afterEach(() => stop())

const provided = (config: ProviderConfig) => {
  const made = provide(config)
  stop = () => made.clock.stop()
  return made
}
const piecesIn = (parts: readonly Answer[]) => parts.flatMap((part) => (part.kind === 'piece' ? [part.piece] : []))
const textIn = (parts: readonly Answer[]): string =>
  piecesIn(parts)
    .map((piece) => (piece.kind === 'text' || piece.kind === 'reasoning' ? piece.text : ''))
    .join('')

describe('all that is billed is sent', () => {
  test.each<[string, ProviderConfig]>([
    ['at latency 0', { latency: 0 }],
    ['at latency scale 0', { latency: '5s', latencyScale: 0 }],
    ['at 1 ms', { latency: 1 }],
    ['at 7 ms', { latency: 7 }],
    ['at 15 ms', { latency: 15 }],
    ['at 5 s', { latency: '5s' }],
  ])('%s', async (_, config) => {
    const { ask } = provided({ ...config, replies: WORDS })
    const parts = await ask({ stream: true })
    expect(textIn(parts)).toBe(WORDS)
    expect(parts.at(-1)).toMatchObject({ kind: 'tail', damage: undefined })
  })

  test('arguments of tools and their ends too, of every choice', async () => {
    const call = { name: 'paint', arguments: { colour: 'red', strokes: 12 } }
    const { ask } = provided({ latency: 0, replies: [{ reply: { text: WORDS, toolCalls: [call, call] } }] })
    const pieces = piecesIn(await ask({ stream: true, tools: [TOOL], choices: 2 }))
    for (const choice of [0, 1]) {
      const tools = pieces.filter((piece) => piece.choice === choice && piece.kind === 'tool')
      expect(tools.map((piece) => (piece.kind === 'tool' ? piece.arguments : '')).join('')).toBe(
        JSON.stringify(call.arguments).repeat(2),
      )
      expect(tools.filter(({ closes }) => closes)).toHaveLength(2)
    }
  })
})

test('pieces come one after another, and the last before the end', async () => {
  const { ask } = provided({ latency: '10s', replies: WORDS })
  const parts = await ask({ stream: true })
  const times = parts.map(({ at }) => at)
  expect(times).toEqual(times.toSorted((a, b) => a - b))
  expect(times[0]).toBe(2_000)
  expect(times.at(-1)).toBe(10_000)
  expect(new Set(times).size).toBeGreaterThan(15)
})

test.each<[string, ProviderConfig, readonly number[]]>([
  // A fifth of ten seconds until the first token; the rest in ten equal steps.
  ['10 s', { latency: '10s' }, [2_000, 2_800, 3_600, 4_400, 5_200, 6_000, 6_800, 7_600, 8_400, 9_200]],
  // 6 ms after the first token, of which each piece has its share, rounded to milliseconds.
  ['8 ms', { latency: 8 }, [2, 3, 3, 4, 4, 5, 6, 6, 7, 7]],
])('the pieces of an answer of %s are due in equal steps from the first token on', async (_, config, due) => {
  const { ask, clock } = provided({ ...config, replies: WORDS.split(' ').slice(0, 10).join(' ') })
  const start = clock.now()
  const parts = await ask({ stream: true })
  const times = (kind: Answer['kind']) => parts.filter((part) => part.kind === kind).map(({ at }) => at - start)
  expect(times('head')).toEqual([due[0]])
  expect(times('piece')).toEqual(due)
  expect(times('tail')).toEqual([config.latency === 8 ? 8 : 10_000])
})

test('pieces that are due after an answer breaks off come with its end', async () => {
  const { provider, ask, clock } = provided({ latency: '10s', replies: WORDS.split(' ').slice(0, 10).join(' ') })
  provider.failNext(1, 'reset_midway')
  const start = clock.now()
  const parts = await ask({ stream: true })
  const times = parts.map(({ at }) => at - start)
  expect(times).toEqual([2_000, 2_000, 2_800, 3_600, 4_400, 5_200, 6_000])
})

test.each(['reset_midway', 'truncated', 'stream_error'] as const)(
  '%s sends half of the pieces and bills half of the tokens, however short the time',
  async (fault) => {
    for (const latency of [0, '5s'] as const) {
      const { provider, ask, trace, clock } = provided({ latency, replies: WORDS })
      provider.failNext(1, fault)
      const parts = await ask({ stream: true })
      const [failed] = trace.ofType('call.failed')
      expect(failed).toMatchObject({ fault })
      expect(textIn(parts).split(' ')).toHaveLength(20)
      expect(failed!.usage.output).toBe(Math.ceil(replyIn(parts).usage.output / 2))
      clock.stop()
    }
  },
)

test('a call that stalls is open until its client leaves', async () => {
  const { provider, clock, trace } = provided({ latency: '5s', replies: WORDS })
  provider.failNext(1, 'stall')
  const parts: Answer[] = []
  await clock.supervise(async () => {
    const call = provider.accept(request({ stream: true }), (part) => parts.push(part))
    await clock.sleep(60_000)
    expect(provider.openCalls).toBe(1)
    expect(provider.waiters()).toMatchObject([{ what: expect.stringContaining('stall') }])
    call.disconnect()
  })
  expect(provider.openCalls).toBe(0)
  expect(parts.at(-1)).toMatchObject({ kind: 'tail', damage: 'stall' })
  expect(trace.ofType('call.failed')).toMatchObject([{ fault: 'disconnected', afterMs: 60_000 }])
})

test('a whole answer that stalls is given up by its client, also one that an idempotency key stands for', async () => {
  const { provider, clock, trace } = provided({ latency: '5s', services: { openai: { idempotency: true } } })
  provider.failNext(1, 'stall')
  await clock.supervise(async () => {
    const call = provider.accept(request({ idempotencyKey: 'once' }), () => {})
    await clock.sleep(10_000)
    expect(provider.openCalls).toBe(1)
    call.disconnect()
    // Who asks again is worked for anew.
    provider.accept(request({ idempotencyKey: 'once' }), () => {})
    await clock.sleep(10_000)
  })
  expect(provider.openCalls).toBe(0)
  expect(trace.ofType('call.failed', 'call.ended').map(({ type }) => type)).toEqual(['call.failed', 'call.ended'])
})
