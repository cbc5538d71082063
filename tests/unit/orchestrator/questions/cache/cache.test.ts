import { describe, expect, test } from 'vitest'
import { SemanticCache, type Embed } from '../../../../../src/orchestrator/questions/cache/cache.ts'
import { resolveCacheSettings } from '../../../../../src/orchestrator/questions/cache/settings.ts'
import { isWorthKeeping } from '../../../../../src/orchestrator/questions/cache/worth.ts'
import type { CacheSettings } from '../../../../../src/orchestrator/questions/cache/settings.ts'
import type { KeptAnswer } from '../../../../../src/store/index.ts'
import { HandTime } from '../../../../given/hand-time.ts'
import { answer, failure, fated, open, question, target, Told, type Fate } from '../../../../given/ask.ts'

function cached(
  settings: CacheSettings = {},
  { fates = [{}], embed }: { fates?: readonly Fate[]; embed?: Embed } = {},
) {
  const time = new HandTime()
  const trace = new Told()
  const answers: KeptAnswer[] = []
  const cache = new SemanticCache(resolveCacheSettings(settings), { embed, trace, time, answers, store: undefined })
  const service = fated(time, fates)
  const policy = cache.caching(service)
  const ask = async (text: string, more: Partial<ReturnType<typeof question>> = {}) => {
    const asked = policy(question({ messages: [{ role: 'user', text }], ...more }), open())
    asked.catch(() => {})
    await time.pass(0)
    return asked
  }
  return { time, trace, cache, service, answers, ask }
}

describe('a cache', () => {
  test('answers the very same question only, where nothing else is set', async () => {
    const { ask, cache, service } = cached()
    await ask('What is the plan?')
    expect(await ask('What is the plan?')).toMatchObject({ cached: true, cost: 0n, text: 'Yes.' })
    expect((await ask('What is the plan, please?')).cached).toBe(false)
    expect(service.asked).toHaveLength(2)
    expect(cache.savings).toEqual({ hits: 1, misses: 2, saved: 0n })
  })

  test('answers what differs in courtesies only, where that is set', async () => {
    const { ask } = cached({ similarity: 0.95 })
    await ask('What is the plan?')
    expect((await ask('What is the plan, please?')).cached).toBe(true)
    expect((await ask('What was the plan?')).cached).toBe(false)
  })

  test('asks for embeddings of what is alike only, and heeds them', async () => {
    const embedded: string[] = []
    let alike = 1
    const embed: Embed = (text) => {
      embedded.push(text)
      const angle = /please/i.test(text) ? Math.acos(alike) : 0
      return Promise.resolve(
        new Map([
          ['x', Math.cos(angle)],
          ['y', Math.sin(angle)],
        ]),
      )
    }
    const { ask } = cached({ similarity: 0.9 }, { embed })
    await ask('What is the plan?')
    await ask('Who is there?')
    expect(embedded).toEqual([])
    expect((await ask('What is the plan, please?')).cached).toBe(true)
    expect(embedded).toHaveLength(2)
    alike = 0.8
    expect((await ask('Please, what is the plan?')).cached).toBe(false)
  })

  test('keeps answers apart by context, model and length', async () => {
    const { ask } = cached()
    await ask('What is the plan?')
    const before = [
      { role: 'system' as const, text: 'You are Ann.' },
      { role: 'user' as const, text: 'What is the plan?' },
    ]
    expect((await ask('', { messages: before })).cached).toBe(false)
    expect((await ask('What is the plan?', { target: target('large') })).cached).toBe(false)
    expect((await ask('What is the plan?', { maxTokens: 5 })).cached).toBe(false)
    expect((await ask('What is the plan?')).cached).toBe(true)
  })

  test('forgets what is too old, and the oldest when it is full', async () => {
    const { ask, time, answers } = cached({ ttl: '1h', size: 2 })
    await ask('One?')
    await time.pass(3_599_999)
    expect((await ask('One?')).cached).toBe(true)
    await time.pass(1)
    expect((await ask('One?')).cached).toBe(false)
    await ask('Two?')
    await ask('Three?')
    expect(answers.map(({ prompt }) => prompt)).toEqual(['Two?', 'Three?'])
  })

  test('keeps as many answers as its size says, and no more', async () => {
    const { ask, answers } = cached({ size: 2 })
    await ask('One?')
    await ask('Two?')
    expect(answers.map(({ prompt }) => prompt)).toEqual(['One?', 'Two?'])
    expect((await ask('One?')).cached).toBe(true)
    await ask('Three?')
    expect(answers.map(({ prompt }) => prompt)).toEqual(['Two?', 'Three?'])
  })

  test('that is full drops no answer for one that takes the place of its like', async () => {
    const { ask, answers, time } = cached({ size: 2 }, { fates: [{}, {}, { ms: 5 }, { ms: 10 }, {}] })
    await ask('One?')
    await ask('Two?')
    // Asked twice before either is answered.
    const twice = [ask('Three?'), ask('Three?')]
    await time.pass(10)
    await Promise.all(twice)
    expect(answers.map(({ prompt }) => prompt)).toEqual(['Two?', 'Three?'])
  })

  test.for([
    ['a failure', { ends: failure('server_error') }],
    ['a refusal', { ends: { refused: true } }],
    ['an answer that was cut off', { ends: { cutOff: true } }],
    ['an answer that says nothing', { ends: { text: ' … ' } }],
    ['a refusal in words', { ends: { text: "I'm sorry, but I can't help with that." } }],
    ['a failure in the form of an answer', { ends: { text: '<html><h1>502 Bad Gateway</h1></html>' } }],
  ] as const)('never keeps %s', async ([, fate]) => {
    const { ask, answers } = cached({}, { fates: [fate] })
    await ask('What is the plan?').catch(() => {})
    expect(answers).toEqual([])
  })

  test('is set within ranges', () => {
    expect(() => resolveCacheSettings({ size: -1 })).toThrow('cache.size is -1. Give a whole number of at least 1.')
    expect(() => resolveCacheSettings({ similarity: 0 })).toThrow('cache.similarity is 0.')
    expect(() => resolveCacheSettings({ similarity: Number.NaN })).toThrow('cache.similarity is NaN.')
    expect(resolveCacheSettings({})).toMatchObject({ similarity: 1, ttlMs: 86_400_000 })
  })
})

describe('what is worth keeping', () => {
  test.for(['Sorry is not enough for him.', 'The error is in line 2.', '42', 'No.', 'Nein.', '日本'])(
    'is also: %s',
    (text) => {
      // A few good answers that begin as refusals do are asked for again: that costs, and does no harm.
      expect(isWorthKeeping(answer({ text }))).toBe(!text.startsWith('Sorry'))
    },
  )
})
