import { afterEach, describe, expect, test } from 'vitest'
import { startSimulatedClock } from '../../../src/clock/index.ts'
import type { CallRequest, Message } from '../../../src/provider/call.ts'
import { Provider, withinRun, type ProviderConfig } from '../../../src/provider/index.ts'
import { KeyedRandom } from '../../../src/random/index.ts'
import { Trace } from '../../../src/trace/index.ts'
import { provide, replyIn, request } from './provider-under-test.ts'

let stop = (): void => {}
afterEach(() => stop())

const provided = (config: ProviderConfig = {}) => {
  stop()
  const made = provide({ latency: '10s', replies: 'Yes.', ...config })
  stop = () => made.clock.stop()
  return { ...made, arrived: () => made.trace.ofType('call.arrived') }
}
const said = (role: Message['role'], text: string): Message => ({ role, text, toolCalls: [], cacheBreakpoint: false })
/** A conversation, by who says what in turn. */
const talk = (...texts: string[]): Partial<CallRequest> => ({
  messages: texts.map((text, nth) => said(nth % 2 === 0 ? 'user' : 'assistant', text)),
  fingerprint: texts.join(),
})

describe('the arrival of a call', () => {
  test('is in the trace with what the request says, and no more', async () => {
    const { ask, arrived, provider } = provided()
    await ask({ fingerprint: 'f' })
    const [{ conversation, ...event }] = arrived() as [ReturnType<typeof arrived>[number]]
    expect(conversation).toMatch(/^ann\/[0-9a-f]{8}$/)
    expect(event).toStrictEqual({
      seq: 0,
      at: 0,
      causes: [],
      type: 'call.arrived',
      call: 1,
      agent: 'ann',
      turn: 1,
      provider: 'openai',
      model: 'gpt-4o-mini',
      operation: 'chat.completions',
      stream: false,
      inputTokens: provider.countTokens(request()),
      attempt: 1,
      request: 'f',
    })
  })

  test('says that nobody waits for the answer, where it is fetched later', async () => {
    const { ask, arrived } = provided()
    for (const over of [{}, { detached: true as const }, { batch: true }, { batch: false }]) await ask(over)
    expect(arrived().map(({ detached }) => detached)).toEqual([undefined, true, true, undefined])
  })

  test('says which run it belongs to', async () => {
    const { provider, arrived } = provided()
    const send = () => provider.accept(request(), () => {})
    withinRun(7, send)
    withinRun(null, send)
    send()
    expect(arrived().map(({ run }) => run)).toEqual([7, null, undefined])
  })

  test('of a model that is not there has no tokens', async () => {
    const { ask, arrived } = provided()
    await ask({ model: 'gpt-none' })
    expect(arrived()).toMatchObject([{ model: 'gpt-none', inputTokens: 0 }])
  })

  test('drops the oldest messages where the request says so, and its window is full', async () => {
    const long = 'word '.repeat(200)
    const { ask, arrived } = provided({ models: { own: { contextWindow: 500 } } })
    const [first] = await ask({ ...talk(long, long, long), model: 'own', dropsOldest: true })
    const [second] = await ask({ ...talk(long, long, long), model: 'own' })
    expect([first!.kind, second!.kind]).toEqual(['whole', 'refusal'])
    const [dropped, whole] = arrived().map(({ inputTokens }) => inputTokens)
    expect(dropped).toBeLessThanOrEqual(500)
    expect(whole).toBeGreaterThan(600)
  })

  test('is of a model of the catalogue that the request names', async () => {
    const { ask } = provided()
    const asked = { provider: 'gateway', model: 'gpt-4o-mini' }
    expect((await ask(asked))[0]!.kind).toBe('refusal')
    expect((await ask({ ...asked, catalogue: 'openai' }))[0]!.kind).toBe('whole')
  })
})

describe('a conversation', () => {
  test('tells the call that it goes on with, and the answers that it holds', async () => {
    const { ask, arrived, trace } = provided({ replies: ['One.', 'Two.', 'Three.'] })
    await ask(talk('a'))
    await ask(talk('a', 'One.', 'b'))
    await ask(talk('a', 'One.', 'b', 'Two.', 'c'))
    const [first, second, third] = arrived()
    expect(first).not.toHaveProperty('prompt')
    expect(first).not.toHaveProperty('continues')
    expect(first).not.toHaveProperty('holds')
    expect(second).toMatchObject({ turn: 2, continues: 1, holds: [1], prompt: expect.any(Number) as number })
    expect(third).toMatchObject({ turn: 3, continues: 2, holds: [1, 2] })
    expect(trace.ofType('call.ended')).toHaveLength(3)
  })

  test('tells the question under way that it overtakes, and how many wait for an answer', async () => {
    const { provider, clock, arrived } = provided()
    const [first, second] = [said('user', 'a'), said('user', 'b')]
    const send = (messages: readonly Message[], over: Partial<CallRequest> = {}) =>
      provider.accept(request({ messages, ...over }), () => {})
    send([first])
    send([first, second])
    send([first, second], { dimensions: 8 })
    send([first, second], { separate: true, choices: 2 })
    await clock.sleep(60_000)
    send([first, second])
    expect(arrived().map(({ overtakes, questions }) => [overtakes, questions])).toEqual([
      [undefined, undefined],
      [1, 2],
      [undefined, undefined],
      [undefined, undefined],
      [undefined, 2],
    ])
  })

  test('tells how often the same tools were called with the same results', async () => {
    const { ask, arrived } = provided()
    const look = { id: '1', name: 'look', arguments: '{}' }
    const step = [{ ...said('assistant', ''), toolCalls: [look] }, said('tool', 'Nothing.')]
    for (const count of [0, 1, 2, 3])
      await ask({ messages: [said('user', 'a'), ...Array.from({ length: count }, () => step).flat()] })
    expect(arrived().map(({ repeated, repeatedTools }) => [repeated, repeatedTools])).toEqual([
      [undefined, undefined],
      [undefined, undefined],
      [2, ['look']],
      [3, ['look']],
    ])
  })

  test('that hands on an answer is caused by its end', async () => {
    const { ask, arrived, trace } = provided({ replies: [{ agent: 'ann', reply: 'North is best.' }, { reply: 'No.' }] })
    await ask()
    await ask({ callerHints: ['ben'], ...talk('Ann says: North is best.') })
    await ask({ callerHints: ['cem'], ...talk('North is best.', 'Well.', 'And now?') })
    const [ended] = trace.ofType('call.ended')
    expect(arrived().slice(1)).toMatchObject([
      { agent: 'ben', causes: [ended!.seq], holds: [1] },
      // The newest question counts, not what was asked before.
      { agent: 'cem', causes: [], holds: [1] },
    ])
  })
})

describe('a question', () => {
  test('is the newest message of the user, whatever tools have said since', async () => {
    const { ask, arrived, trace } = provided({ replies: [{ agent: 'ann', reply: 'North is best.' }, { reply: 'No.' }] })
    await ask()
    const messages = [said('user', 'North is best.'), said('assistant', 'I look.'), said('tool', 'Rain.')]
    await ask({ callerHints: ['ben'], messages })
    await ask({ callerHints: ['cem'], messages: [said('system', 'North is best.')] })
    const [ended] = trace.ofType('call.ended')
    expect(arrived().map(({ causes }) => causes)).toEqual([[], [ended!.seq], []])
  })

  test('holds the newest sixteen answers of a long conversation', async () => {
    const { ask, arrived } = provided({ replies: [{ reply: ({ nth }) => `This is answer ${nth}.` }] })
    const texts = ['Go.']
    for (let nth = 0; nth < 19; nth++) {
      await ask(talk(...texts))
      texts.push(`This is answer ${nth}.`, `Go on with ${nth}.`)
    }
    expect(arrived().at(-1)!.holds).toEqual(Array.from({ length: 16 }, (_, nth) => nth + 3))
  })
})

describe('a retry', () => {
  const retried = async (overs: Partial<CallRequest>[], pauseMs = 0) => {
    const { ask, clock, provider, trace, arrived } = provided()
    provider.failNext(1, 'overloaded')
    for (const over of overs) {
      await ask(over)
      await clock.supervise(() => clock.sleep(pauseMs))
    }
    return {
      attempts: arrived().map(({ attempt }) => attempt),
      retries: trace.ofType('call.retried').map(({ call, of, afterMs }) => ({ call, of, afterMs })),
      causes: trace.ofType('call.retried').map(({ causes }) => causes),
      failed: trace.ofType('call.failed').map(({ seq }) => seq),
      seqs: arrived().map(({ seq }) => seq),
    }
  }

  test('is told of with the failure that it repeats, and the pause between them', async () => {
    const { attempts, retries, causes, failed, seqs } = await retried([{}, {}, {}], 700)
    expect(attempts).toEqual([1, 2, 1])
    expect(retries).toEqual([{ call: 2, of: 1, afterMs: 700 }])
    expect(causes).toEqual([[failed[0], seqs[1]]])
  })

  test('counts as often as its client says, where that is more', async () => {
    expect((await retried([{}, { retryCount: 3 }])).attempts).toEqual([1, 4])
    expect((await retried([{ retryCount: 2 }, { retryCount: 3 }])).attempts).toEqual([3, 4])
  })

  test.each<[string, Partial<CallRequest>]>([
    ['another content', { fingerprint: 'other' }],
    ['another agent', { callerHints: ['ben'] }],
    ['another idempotency key', { idempotencyKey: 'k' }],
  ])('is none with %s', async (_, over) => {
    expect((await retried([{ fingerprint: 'f' }, { fingerprint: 'f', ...over }])).retries).toEqual([])
  })

  test('has the same idempotency key', async () => {
    const keys = async (...given: string[]) =>
      (await retried(given.map((idempotencyKey) => ({ idempotencyKey, fingerprint: 'f' })))).retries.length
    expect([await keys('a', 'a'), await keys('a', 'b')]).toEqual([1, 0])
  })

  test('is one where it begins as another ends, and others ask something else', async () => {
    const { provider, clock, trace } = provided()
    provider.failNext(1, 'overloaded')
    await clock.supervise(async () => {
      const send = () => provider.accept(request(), ({ kind }) => kind === 'refusal' && send())
      send()
      provider.accept(request({ fingerprint: 'other' }), () => {})
      await clock.sleep(60_000)
    })
    expect(trace.ofType('call.retried')).toMatchObject([{ call: 3, of: 1, afterMs: 0 }])
  })

  test('is none where it begins as another of the same content ends, and more of them are under way', async () => {
    const { provider, clock, trace } = provided()
    provider.failNext(1, 'overloaded')
    await clock.supervise(async () => {
      const send = () => provider.accept(request(), ({ kind }) => kind === 'refusal' && send())
      send()
      provider.accept(request(), () => {})
      await clock.sleep(60_000)
    })
    expect(trace.ofType('call.arrived')).toHaveLength(3)
    expect(trace.ofType('call.retried')).toEqual([])
  })
})

test('the calls of an agent are numbered for chance, those of each agent by themselves', async () => {
  const { ask, trace } = provided({
    schedule: [
      { agent: 'ann', nth: 1, fault: 'overloaded' },
      { agent: 'ben', nth: 0, fault: 'bad_gateway' },
    ],
  })
  for (const agent of ['ann', 'ben', 'ann', 'ben', 'ann']) await ask({ callerHints: [agent], fingerprint: agent })
  expect(trace.ofType('call.failed').map(({ call, fault }) => [call, fault])).toEqual([
    [2, 'bad_gateway'],
    [3, 'overloaded'],
  ])
})

test('twenty thousand agents are remembered, and the calls of the one that is forgotten are numbered anew', async () => {
  const { ask, provider, clock, trace } = provided({ replies: [{ reply: ({ nth }) => `nth ${nth}` }] })
  const nthOf = async (agent: string) => replyIn(await ask({ callerHints: [agent] })).choices[0].text
  expect([await nthOf('first'), await nthOf('second')]).toEqual(['nth 0', 'nth 0'])
  await clock.supervise(async () => {
    for (let nth = 2; nth < 20_000; nth++)
      provider.accept(request({ callerHints: [`agent_${nth}`], model: 'gpt-none' }), () => {})
    await clock.sleep(1_000)
  })
  const numbered = [await nthOf('first'), await nthOf('one more'), await nthOf('second'), await nthOf('first')]
  expect(numbered).toEqual(['nth 1', 'nth 0', 'nth 1', 'nth 0'])
  expect(trace.ofType('call.ended')).toHaveLength(6)
})

test('the trace keeps the texts of prompts and answers where it is told to', async () => {
  const clock = startSimulatedClock({ mode: { kind: 'virtual' }, tell: () => {} })
  stop = () => clock.stop()
  const trace = new Trace(() => clock.now())
  const random = new KeyedRandom(1)
  const provider = new Provider({ replies: 'Yes.', latency: 5 }, { clock, trace, random, contents: true })
  await clock.supervise(async () => {
    provider.accept(request(talk('a', 'b', 'c')), () => {})
    await clock.sleep(10)
  })
  expect(trace.ofType('call.arrived')[0]!.messages).toEqual([
    { role: 'user', text: 'a' },
    { role: 'assistant', text: 'b' },
    { role: 'user', text: 'c' },
  ])
  expect(trace.ofType('call.ended')[0]!.answer).toBe('Yes.')
})
