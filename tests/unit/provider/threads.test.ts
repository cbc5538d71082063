import { expect, test } from 'vitest'
import type { Message } from '../../../src/provider/call.ts'
import { Threads } from '../../../src/provider/threads.ts'

const said = (role: Message['role'], text: string): Message => ({ role, text, toolCalls: [], cacheBreakpoint: false })
const hello = [said('system', 'Be kind.'), said('user', 'Hello.')]
const why = [...hello, said('assistant', 'Hi.'), said('user', 'Why?')]
const then = [...why, said('assistant', 'Because.'), said('user', 'And then?')]
const promptOf = (messages: readonly Message[], name = 'ann/1') => new Threads().find(name, messages).prompt
const callOf = (threads: Threads, messages: readonly Message[]) => threads.find('ann/1', messages).continues?.call
const answered = (threads: Threads, messages: readonly Message[], call: number) =>
  threads.answered(promptOf(messages), { call, holds: [] })

test('a conversation goes on with the newest call whose messages it begins with', () => {
  const threads = new Threads()
  expect(threads.find('ann/1', then)).toMatchObject({ continues: undefined, from: 0 })
  answered(threads, hello, 1)
  expect(callOf(threads, hello)).toBeUndefined()
  expect(threads.find('ann/1', why)).toMatchObject({ continues: { call: 1 }, from: 2 })
  expect(threads.find('ann/1', then)).toMatchObject({ continues: { call: 1 }, from: 2 })
  answered(threads, why, 2)
  expect(threads.find('ann/1', then)).toMatchObject({ continues: { call: 2 }, from: 4 })
  expect(callOf(threads, [...hello, said('user', 'Hello?')])).toBeUndefined()
})

test('messages that were answered are asked again only if the conversation has gone on with the answer', () => {
  const threads = new Threads()
  const repeats = () => threads.find('ann/1', hello).repeats
  answered(threads, hello, 1)
  expect(repeats()).toBeUndefined()
  threads.find('ann/1', why)
  expect(repeats()).toBe(1)
  // From then on each time, also if nobody goes on with the newest answer.
  answered(threads, hello, 3)
  expect(repeats()).toBe(3)
  expect(threads.find('ben/1', hello).repeats).toBeUndefined()
})

test('other words, another order or another opening are other messages', () => {
  const threads = new Threads()
  answered(threads, why, 2)
  const other = [
    ...hello,
    said('assistant', 'Hey.'),
    said('user', 'Why?'),
    said('assistant', 'Because.'),
    said('user', '?'),
  ]
  expect(callOf(threads, other)).toBeUndefined()
  expect(threads.find('ben/1', then).continues).toBeUndefined()
  expect(promptOf(why)).toBe(promptOf([...why]))
  const called = (given: string): Message => {
    return { ...said('assistant', 'Hi.'), toolCalls: [{ id: '1', name: 'look', arguments: given }] }
  }
  const all = [why, then, [...hello, called('{}'), why.at(-1)!], [...hello, called('{"a":1}'), why.at(-1)!]]
  expect(new Set(all.map((messages) => promptOf(messages))).size).toBe(4)
})

test('no two of many questions are taken for one, however long they are and wherever they differ', () => {
  const prompts = new Set<number>()
  for (const length of [0, 1, 40, 96, 97, 500])
    for (let nth = 0; nth < 2_000; nth++)
      for (const text of [`Page ${nth}: ${'x'.repeat(length)}`, `${'x'.repeat(length)} what of ${nth}?`])
        prompts.add(promptOf([...hello, said('assistant', 'Hi.'), said('user', text)]))
  expect(prompts.size).toBe(6 * 2_000 * 2)
  expect([...prompts].every(Number.isSafeInteger)).toBe(true)
})

test('what lies back more than five thousand calls may be forgotten, and not before', () => {
  const threads = new Threads()
  answered(threads, hello, 1)
  for (let nth = 0; nth < 9_999; nth++) threads.answered(nth, { call: nth, holds: [] })
  expect(callOf(threads, why)).toBe(1)
  threads.answered(-1, { call: 0, holds: [] })
  expect(callOf(threads, why)).toBeUndefined()
})

test('a prompt has the same number on every machine and in every version, so that traces can be compared', () => {
  const words = Array.from({ length: 30 }, (_, nth) => `word${nth}`).join(' ')
  const call = { id: '1', name: 'look', arguments: '{}' }
  const after = (...more: Message[]) => promptOf([said('user', 'Hello.'), ...more])
  expect([
    after(),
    after(said('assistant', 'Hi.'), said('user', 'Why?')),
    after(said('user', words.slice(0, 96))),
    after(said('user', words.slice(0, 97))),
    after(said('user', words.repeat(9))),
    after({ ...said('user', 'Look.'), mediaTokens: 85 }),
    after({ ...said('assistant', ''), toolCalls: [call] }),
  ]).toEqual([
    3_239_517_298_684_780, 5_992_829_963_700_235, 5_504_154_561_390_160, 8_586_968_207_928_931, 762_789_598_004_304,
    3_881_959_880_906_868, 6_562_321_809_185,
  ])
})

test('a question behind that of a call under way overtakes it, until that call has ended', () => {
  const threads = new Threads()
  const overtakes = (messages: readonly Message[], name = 'ann/1') => threads.find(name, messages).overtakes
  const [more, most] = [
    [...hello, said('user', 'And?')],
    [...hello, said('user', 'And?'), said('user', 'Or?')],
  ]
  threads.asked(promptOf(hello), 1)
  expect([overtakes(hello), overtakes(more), overtakes(most), overtakes(more, 'ben/1')]).toEqual([
    undefined,
    1,
    1,
    undefined,
  ])
  // What has been answered in the messages is none that waits.
  expect(overtakes(why)).toBeUndefined()
  threads.asked(promptOf(more), 2)
  expect([overtakes(more), overtakes(most)]).toEqual([1, 2])
  threads.ended(promptOf(more), 7)
  expect(overtakes(most)).toBe(2)
  threads.ended(promptOf(more), 2)
  expect(overtakes(most)).toBe(1)
  threads.ended(promptOf(hello), 1)
  expect(overtakes(most)).toBeUndefined()
})
