import { afterEach, describe, expect, test } from 'vitest'
import type { Answer, CallRequest } from '../../../src/provider/call.ts'
import { sequence, type ProviderConfig, type ReplyFunction } from '../../../src/provider/index.ts'
import { provide, replyIn, request } from './provider-under-test.ts'

let stop = (): void => {}
afterEach(() => stop())

const provided = (config: ProviderConfig = {}) => {
  stop()
  const made = provide({ latency: '10s', replies: 'Yes.', ...config })
  stop = () => made.clock.stop()
  return made
}
const textIn = (parts: readonly Answer[]): string => replyIn(parts).choices[0].text

describe('an answer', () => {
  test('has its id, its times and its price', async () => {
    const { ask, clock, trace } = provided()
    await clock.supervise(() => clock.sleep(500))
    const parts = await ask()
    const reply = replyIn(parts)
    expect(parts).toMatchObject([{ kind: 'whole', damage: undefined, limits: {}, at: 10_500 }])
    expect(reply).toMatchObject({ model: 'gpt-4o-mini', createdAt: clock.epoch + 500, endedAt: clock.epoch + 10_500 })
    expect(reply.id).toMatch(/^[0-9a-f]{16}$/)
    expect(reply.cost).toBe(trace.ofType('call.ended')[0]!.cost)
    expect(reply.cost).toBeGreaterThan(0)
    const second = replyIn(await ask())
    expect(second.id).not.toBe(reply.id)
  })

  test('has the same id in another run of the same seed', async () => {
    const idOf = async () => replyIn(await provided().ask()).id
    expect(await idOf()).toBe(await idOf())
  })

  test('tells the limits of its service when it comes', async () => {
    const { ask } = provided({ rateLimits: { requestsPerMinute: 60 } })
    const [whole] = await ask()
    expect(whole).toMatchObject({ limits: { requests: { limit: 60, remaining: 60, resetMs: 0 } } })
  })

  test('of several choices takes as long as the longest of them', async () => {
    const tookMs = async (choices: number) => {
      const models = { own: { speed: { timeToFirstToken: '1s', tokensPerSecond: 10 } } } as const
      const { ask } = provided({ models, replies: ['One.', 'One two three four five six seven.', 'One two.'] })
      const parts = await ask({ model: 'own', choices })
      const most = Math.max(...replyIn(parts).choices.map(({ tokens }) => tokens))
      expect(parts[0]!.at).toBe(1_000 + most * 100)
      return parts[0]!.at
    }
    const [one, three] = [await tookMs(1), await tookMs(3)]
    expect(three).toBeGreaterThan(one)
  })

  test('to texts that are embedded is vectors, and asks no reply', async () => {
    const { ask, provider } = provided()
    const parts = await ask({ operation: 'embeddings', model: 'text-embedding-3-small', dimensions: 8 })
    expect(parts[0]!.at).toBe(10_000)
    expect(replyIn(parts)).toMatchObject({ vectors: [expect.any(Array)], usage: { output: 0 } })
    expect(provider.unusedReplies).toHaveLength(1)
  })

  test('that calls a tool which nobody offers is told of, with what is offered', async () => {
    const { ask, trace } = provided({ replies: { toolCalls: [{ name: 'sing' }] } })
    await ask({ tools: [{ name: 'look', description: '', parameters: {} }] })
    const [arrived] = trace.ofType('call.arrived')
    expect(trace.ofType('setUp.toolNotOffered')).toMatchObject([
      { call: 1, tool: 'sing', offered: ['look'], causes: [arrived!.seq] },
    ])
  })
})

describe('a line', () => {
  test('is told of by who has waited in it, and how long', async () => {
    const { provider, clock, trace } = provided({ concurrency: 1 })
    await clock.supervise(async () => {
      await clock.sleep(500)
      for (const agent of ['ann', 'ben'])
        provider.accept(request({ callerHints: [agent], fingerprint: agent }), () => {})
      await clock.sleep(1_000)
      expect(provider.waiters().map(({ what }) => what.replace(/^.*?, /, ''))).toEqual([
        'which the service is answering',
        'which is queued for a free slot',
      ])
      await clock.sleep(60_000)
    })
    const [, second] = trace.ofType('call.arrived')
    expect(trace.ofType('call.dequeued')).toMatchObject([{ call: 2, waitedMs: 10_000, causes: [second!.seq] }])
    expect(trace.ofType('call.ended').map(({ afterMs }) => afterMs)).toEqual([10_000, 20_000])
  })
})

describe('a reply function', () => {
  const failing = async (reply: ReplyFunction, over: Partial<CallRequest> = {}) => {
    const { ask, trace } = provided({ replies: [{ reply }] })
    const [answer] = await ask(over)
    return { answer, notes: trace.ofType('note').map(({ text }) => text), failed: trace.ofType('call.failed') }
  }
  const boom = () => new Error('Boom.')

  test.each<[string, ReplyFunction, string]>([
    [
      'throws',
      () => {
        throw boom()
      },
      'The reply function threw: Boom.',
    ],
    ['rejects', () => Promise.reject(boom()), 'The reply function threw: Boom.'],
    [
      'throws a text',
      () => {
        throw 'Bang.'
      },
      'The reply function threw: Bang.',
    ],
    ['returns no reply', () => 5 as never, 'The reply function returned 5 for the agent ann.'],
    ['promises no reply', () => Promise.resolve(5 as never), 'The reply function returned 5 for the agent ann.'],
  ])('that %s is an error of the server, and told of', async (_, reply, message) => {
    const { answer, notes, failed } = await failing(reply)
    expect(answer).toMatchObject({ kind: 'refusal', refusal: { kind: 'server_error' }, at: 20 })
    expect(notes).toEqual([expect.stringMatching(new RegExp(`^${message}`))])
    expect(failed).toMatchObject([{ fault: 'server_error', message: notes[0], cost: 0 }])
  })

  test('that promises a reply is waited for', async () => {
    const { ask } = provided({ replies: [{ reply: async ({ prompt }) => Promise.resolve(`${prompt}!`) }] })
    expect(textIn(await ask())).toBe('What now?!')
  })

  test('that promises what cannot be counted is an error of the server', async () => {
    const { answer, notes } = await failing(() => Promise.resolve({ text: 5 as never }))
    expect(answer).toMatchObject({ kind: 'refusal', refusal: { kind: 'server_error' } })
    expect(notes).toEqual([expect.stringMatching(/^The reply function threw: /)])
  })

  test.each<[string, (settle: { resolve: (text: string) => void; reject: (error: Error) => void }) => void, string[]]>([
    ['a reply', ({ resolve }) => resolve('Late.'), []],
    ['an error', ({ reject }) => reject(boom()), ['The reply function threw: Boom.']],
  ])('that promises %s to a client that has gone away answers nobody', async (_, settle, notes) => {
    const made = Promise.withResolvers<string>()
    const { provider, clock, trace } = provided({ replies: [{ reply: () => made.promise }] })
    const got: Answer[] = []
    await clock.supervise(async () => {
      const call = provider.accept(request(), (part) => got.push(part))
      call.disconnect()
      settle(made)
      await clock.sleep(60_000)
    })
    expect(got).toEqual([])
    expect(trace.ofType('note').map(({ text }) => text)).toEqual(notes)
    expect(trace.ofType('call.failed', 'call.ended')).toMatchObject([{ fault: 'disconnected', cost: 0 }])
  })
})

describe('a sequence', () => {
  test.each<['slow' | 'stall' | 'server_error' | 'truncated', string[]]>([
    ['slow', ['one', 'two']],
    ['truncated', ['one', 'one']],
    ['server_error', ['one']],
  ])('goes on after an answer with the fault %s as its client sees it', async (fault, texts) => {
    const { ask, provider } = provided({ replies: sequence('one', 'two') })
    provider.failNext(1, fault)
    const said: string[] = []
    for (let nth = 0; nth < 2; nth++) {
      const parts = await ask({ fingerprint: String(nth) })
      if (parts.at(-1)!.kind !== 'refusal') said.push(textIn(parts))
    }
    expect(said).toEqual(texts)
  })

  test('has its place back from a client that goes away before the end', async () => {
    const { ask, provider, clock } = provided({ replies: sequence('one', 'two') })
    await clock.supervise(async () => {
      const call = provider.accept(request({ fingerprint: 'a' }), () => {})
      await clock.sleep(1_000)
      call.disconnect()
    })
    expect([textIn(await ask()), textIn(await ask())]).toEqual(['one', 'two'])
  })
})
