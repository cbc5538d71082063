import { expect, test } from 'vitest'
import type { Message } from '../../../src/provider/call.ts'
import { ReplyOrigins } from '../../../src/provider/reply-origins.ts'

test('a question that hands an answer on is known by it, with or without who said it', () => {
  const said = new ReplyOrigins()
  said.add('Thank you!', 7, 1)
  said.add('', 8, 2)
  expect(said.find('Thank you!')).toBe(7)
  expect(said.find(' Thank you!\n')).toBe(7)
  expect(said.find('Ben says: Thank you!')).toBe(7)
  expect(said.find('Thank you! And now?')).toBeUndefined()
  expect(said.find('')).toBeUndefined()
})

test('the newest of the same answers counts, and old ones are forgotten', () => {
  const said = new ReplyOrigins()
  said.add('yes', 1, 1)
  said.add('yes', 2, 2)
  expect(said.find('yes')).toBe(2)
  for (let nth = 0; nth < 1_000; nth++) said.add(`answer ${nth}`, nth, nth)
  expect(said.find('yes')).toBeUndefined()
})

const user = (text: string): Message => ({ role: 'user', text, toolCalls: [], cacheBreakpoint: false })
const assistant = (text: string): Message => ({ ...user(text), role: 'assistant' })
const LONG = 'The harbour should be built in the north, where the water is deep. And soon.'

test.for([
  ['alone', user(LONG)],
  ['in a history', assistant(` ${LONG}\n`)],
  ['behind a name', user(`You are Ben.\nAnn: ${LONG}\nWhat do you say?`)],
  ['in a list', user(`So far:\n 1. ${LONG}\n 2. nothing`)],
  ['in a quotation', user(`Ann said "${LONG}". And you?`)],
  ['in a tag', user(`<ann>${LONG}</ann>`)],
  ['cut off', user(`Ann: ${LONG.slice(0, 64)}…`)],
] satisfies [string, Message][])('an answer that a prompt holds is known, %s', ([, message]) => {
  const said = new ReplyOrigins()
  said.add(LONG, 5, 1)
  said.add('yes', 6, 2)
  expect(said.heldIn([user('Talk.'), message])).toEqual([1])
})

test('a short answer has to be all of a line, and may be a number', () => {
  const said = new ReplyOrigins()
  said.add('yes', 5, 1)
  said.add('7', 6, 2)
  expect(said.heldIn([user('Ann: yes\nBen: 7')])).toEqual([1, 2])
  expect(said.heldIn([user('- 7')])).toEqual([2])
  expect(said.heldIn([user('Ann: yesterday\nBen: 77')])).toEqual([])
})

test('what an answer in JSON says is known without its braces', () => {
  const said = new ReplyOrigins()
  said.add(JSON.stringify({ move: 'north', argument: LONG }), 5, 1)
  said.add('{"argument": "' + LONG, 6, 2)
  expect(said.heldIn([user(`Ann: ${LONG}`)])).toEqual([1])
  expect(said.heldIn([user('Ann: north')])).toEqual([])
})

test('of answers that begin alike the one that is there as a whole line counts', () => {
  const said = new ReplyOrigins()
  said.add('I am sure that we can do it: cooperate', 5, 1)
  said.add('I am sure that we can do it: defect', 6, 2)
  expect(said.heldIn([user('Ann: I am sure that we can do it: cooperate')])).toEqual([1])
  expect(said.heldIn([user('Ann: I am sure that we can do it')])).toEqual([])
})

test('one that was cut off is known by 64 characters, and by less is not', () => {
  const said = new ReplyOrigins()
  said.add(LONG, 5, 1)
  expect(said.heldIn([user(`Ann: ${LONG.slice(0, 64)}…`)])).toEqual([1])
  expect(said.heldIn([user(`Ann: ${LONG.slice(0, 63)}…`)])).toEqual([])
  const just = LONG.slice(0, 64)
  said.add(just.replace('harbour', 'lighter'), 6, 2)
  expect(said.heldIn([user(`Ann: ${just.replace('harbour', 'lighter')} (she said)`)])).toEqual([2])
  said.add(JSON.stringify({ argument: just.replace('harbour', 'station') }), 7, 3)
  expect(said.heldIn([user(`Ann: ${just.replace('harbour', 'station')}`)])).toEqual([3])
})

test('the newest sixteen are told, in the order in which they were given', () => {
  const said = new ReplyOrigins()
  const answers = Array.from({ length: 20 }, (_, nth) => `This is the answer number ${nth} of them all.`)
  for (const [nth, answer] of answers.entries()) said.add(answer, nth, 100 + nth)
  const newest = Array.from({ length: 16 }, (_, nth) => 104 + nth)
  expect(said.heldIn(answers.toReversed().map(user))).toEqual(newest)
})

test('what is forgotten is held by nobody', () => {
  const said = new ReplyOrigins()
  said.add(LONG, 1, 1)
  for (let nth = 0; nth < 1_000; nth++) said.add(`answer ${nth}`, nth + 2, nth + 2)
  expect(said.heldIn([user(LONG), user(`Ann: ${LONG}`)])).toEqual([])
})

/** Which of the answers `yes` and `Turn left.` a prompt holds, as calls 1 and 2. */
const heldBy = (...messages: readonly Message[]): readonly number[] => {
  const said = new ReplyOrigins()
  said.add('yes', 5, 1)
  said.add('Turn left.', 6, 2)
  return said.heldIn(messages)
}

test.each<[string, readonly number[]]>([
  ['yes', [1]],
  ['  yes\t', [1]],
  ['yes\nand then?', [1]],
  ['Ann: yes', [1]],
  ['Ann:\u00a0yes', [1]],
  ['Ann:\u2003\t yes', [1]],
  ['Ann:\r\n\v\f yes', [1]],
  ['Ann:yes', []],
  ['Ann:\u0008yes', []],
  ['Ann:\u000eyes', []],
  ['Ann: \u00a1yes', []],
  ['Ann said "yes" to that', [1]],
  ['Ann said “yes” to that', [1]],
  ['Ann said «yes» to that', [1]],
  ['<ann>yes</ann>', [1]],
  ["Ann said 'yes' to that", []],
  ['Ann said yes', []],
  ['Votes:\n- yes', [1]],
  ['Votes:\n* yes', [1]],
  ['# yes', [1]],
  ['> yes', [1]],
  ['--> yes', [1]],
  ['1. yes', [1]],
  ['12) yes', [1]],
  ['0. yes\n9. Turn left.', [1, 2]],
  ['-yes', []],
  ['1.yes', []],
  ['1 yes', []],
  ['+ yes', []],
  ['/ yes', []],
  [': yes', [1]],
  ['a. yes', []],
  ['yes and no', []],
  ['Turn left.\nyes', [1, 2]],
  ['Ann: Turn left. Ben: yes', [1]],
  ['', []],
])('%j holds the answers %j', (text, calls) => {
  expect(heldBy(user(text))).toEqual(calls)
})

test('an answer of the model itself is held as a whole only', () => {
  expect(heldBy(assistant('yes'))).toEqual([1])
  expect(heldBy(assistant('Ann: yes'))).toEqual([])
  expect(heldBy(user('Ann: yes'), assistant('Turn left.'), user('Ben: yes'))).toEqual([1, 2])
  expect(heldBy()).toEqual([])
  expect(new ReplyOrigins().heldIn([user('yes')])).toEqual([])
})

test.each<[string, number | undefined]>([
  ['Ann: yes', 5],
  ['Ann and Ben:  yes', 5],
  [`${'a'.repeat(80)}: yes`, 5],
  [`${'a'.repeat(81)}: yes`, undefined],
  ['Ann:yes', undefined],
  [': yes', undefined],
  ['Hello.\nAnn: yes', undefined],
  ['yes: yes', 5],
  ['Ann: no', undefined],
])('the question %j hands on the answer that ended at %j', (question, end) => {
  const said = new ReplyOrigins()
  said.add('yes', 5, 1)
  expect(said.find(question)).toBe(end)
})

test('an answer that is given again counts as the newest, one after another or with others between', () => {
  const said = new ReplyOrigins()
  said.add(LONG, 1, 1)
  said.add(LONG, 2, 2)
  expect(said.heldIn([user(`Ann: ${LONG}`)])).toEqual([2])
  said.add('no', 3, 3)
  said.add(LONG, 4, 4)
  expect([said.find(LONG), said.heldIn([user(`Ann: ${LONG}`), user('no')])]).toEqual([4, [3, 4]])
})

test('of long answers that begin alike the newest is known by the beginning, also once the older ones are forgotten', () => {
  const said = new ReplyOrigins()
  const beginning = LONG.slice(0, 64)
  said.add(`${beginning} and so on`, 1, 1)
  said.add(`${beginning} and so forth`, 2, 2)
  for (let nth = 0; nth < 999; nth++) said.add(`answer ${nth}`, nth + 3, nth + 3)
  expect(said.heldIn([user(`Ann: ${beginning}…`)])).toEqual([2])
  said.add('one more', 1_002, 1_002)
  expect(said.heldIn([user(`Ann: ${beginning}…`)])).toEqual([])
})

test('the last thousand answers are remembered', () => {
  const said = new ReplyOrigins()
  said.add('yes', 1, 1)
  for (let nth = 0; nth < 999; nth++) said.add(`answer ${nth}`, nth + 2, nth + 2)
  expect(said.find('yes')).toBe(1)
  said.add('one more', 1_001, 1_001)
  expect([said.find('yes'), said.find('answer 0')]).toEqual([undefined, 2])
})

test.each([
  ['a list', JSON.stringify([LONG])],
  ['a text', JSON.stringify(LONG)],
  ['an object in an object', JSON.stringify({ said: { text: LONG } })],
  ['no JSON', `{ ${LONG}`],
])('what stands in %s in JSON is not looked for', (_, answer) => {
  const said = new ReplyOrigins()
  said.add(answer, 5, 1)
  expect(said.heldIn([user(`Ann: ${LONG}`)])).toEqual([])
  expect(said.find(answer)).toBe(5)
})

test('fields of JSON that are no texts, or short ones, are passed over', () => {
  const said = new ReplyOrigins()
  said.add(JSON.stringify({ votes: [LONG], count: 7, short: LONG.slice(0, 63), none: null, long: ` ${LONG} ` }), 5, 1)
  expect(said.heldIn([user(LONG)])).toEqual([1])
  expect(said.heldIn([user(LONG.slice(0, 63))])).toEqual([])
  expect(said.find(LONG)).toBe(5)
})
