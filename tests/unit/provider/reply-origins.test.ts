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
