import { expect, test } from 'vitest'
import { messageOf, withTextBelow, writtenDown } from '../../../src/vitest/task-errors.ts'

test('a text stands below the message, in the stack too, which some reporters show alone', () => {
  const written = { name: 'TypeError', message: 'no', stack: 'TypeError: no\n    at a.ts:1:2', code: 7 }
  expect(withTextBelow(written, 'Seed 1.')).toEqual({
    name: 'TypeError',
    message: 'no\n\nSeed 1.',
    stack: 'TypeError: no\n\nSeed 1.\n    at a.ts:1:2',
    code: 7,
  })
})

test('what has no message shows itself above the text', () => {
  expect(withTextBelow('a text', 'Seed 1.')).toEqual({ message: 'a text\n\nSeed 1.' })
  expect(withTextBelow({ code: 7 }, 'Seed 1.').message).toBe('{ code: 7 }\n\nSeed 1.')
  expect(withTextBelow({ name: 'Error', message: '', stack: 'Error\n    at a.ts:1:2' }, 'Seed 1.')).toEqual({
    name: 'Error',
    message: 'Seed 1.',
    stack: 'Error: Seed 1.\n    at a.ts:1:2',
  })
})

test('what was thrown is written down as Vitest does it: plain data, several for a sum of errors', () => {
  const [first, ...others] = writtenDown(new AggregateError([new RangeError('far'), 'a text', null]))
  expect(first).toMatchObject({
    name: 'RangeError',
    message: 'far',
    stack: expect.stringContaining('RangeError') as string,
  })
  expect(others).toEqual([{ message: 'a text' }, { message: 'null' }])
  expect(messageOf(undefined)).toBe('undefined')
})

test('a violation that longhaul tells of has no line of longhaul', () => {
  const stack = 'InvariantError: no\n    at verify (file:///a/longhaul/dist/chunks/reality.js:1:2)'
  const written = { name: 'InvariantError', message: 'no', stack }
  expect(withTextBelow({ ...written, code: 'LONGHAUL_INVARIANT' }, 'Seed 1.').stack).toBe(
    'InvariantError: no\n\nSeed 1.',
  )
  expect(withTextBelow(written, 'Seed 1.').stack).toContain('reality.js')
})

test('a stack within the message is no part of the stack of the error', () => {
  const message = 'it failed\nThe system threw:\nError: gone\n    at ask (agents.ts:1:2)'
  const written = { name: 'Error', message, stack: `Error: ${message}\n    at a.test.ts:3:4` }
  expect(withTextBelow(written, 'Seed 1.').stack).toBe(`Error: ${message}\n\nSeed 1.\n    at a.test.ts:3:4`)
})
