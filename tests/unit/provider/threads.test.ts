import { expect, test } from 'vitest'
import type { Message } from '../../../src/provider/call.ts'
import { Threads } from '../../../src/provider/threads.ts'

const said = (role: Message['role'], text: string): Message => ({ role, text, toolCalls: [], cacheBreakpoint: false })
const hello = [said('system', 'Be kind.'), said('user', 'Hello.')]
const why = [...hello, said('assistant', 'Hi.'), said('user', 'Why?')]
const then = [...why, said('assistant', 'Because.'), said('user', 'And then?')]
const callOf = (threads: Threads, messages: readonly Message[]) => threads.find('ann/1', messages).continues
const promptOf = (messages: readonly Message[], name = 'ann/1') => new Threads().find(name, messages).prompt

test('a conversation goes on with the newest call whose messages it begins with', () => {
  const threads = new Threads()
  expect(callOf(threads, then)).toBeUndefined()
  threads.answered(promptOf(hello), 1)
  expect(callOf(threads, hello)).toBeUndefined()
  expect(callOf(threads, why)).toBe(1)
  expect(callOf(threads, then)).toBe(1)
  threads.answered(promptOf(why), 2)
  expect(callOf(threads, then)).toBe(2)
  expect(callOf(threads, [...hello, said('user', 'Hello?')])).toBeUndefined()
})

test('other words, another order or another opening are other messages', () => {
  const threads = new Threads()
  threads.answered(promptOf(why), 2)
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
  const called: Message = { ...said('assistant', 'Hi.'), toolCalls: [{ id: '1', name: 'look', arguments: '{}' }] }
  expect(new Set([promptOf(why), promptOf(then), promptOf([...hello, called, said('user', 'Why?')])]).size).toBe(3)
})

test('what lies back more than five thousand calls may be forgotten, and not before', () => {
  const threads = new Threads()
  threads.answered(promptOf(hello), 1)
  for (let nth = 0; nth < 9_999; nth++) threads.answered(`${nth}`, nth)
  expect(callOf(threads, why)).toBe(1)
  threads.answered('last', 0)
  expect(callOf(threads, why)).toBeUndefined()
})
