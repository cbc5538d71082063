import { expect, test } from 'vitest'
import { isPrivate, mayAnswer } from '../../../src/mount/hosts.ts'

test.each([
  ['127.0.0.1:4010', true],
  ['localhost', true],
  ['api.localhost:80', true],
  ['[::1]:4010', true],
  [undefined, true],
  ['evil.example:4010', false],
  ['127.0.0.1.evil.example', false],
  ['192.168.0.1', false],
])('on loopback, a request for %s is answered: %s', (host, answered) => {
  expect(mayAnswer(host, '127.0.0.1')).toBe(answered)
})

test('who listens for others has names that it does not know, and is not private', () => {
  expect(mayAnswer('models.internal', '0.0.0.0')).toBe(true)
  expect(['127.0.0.1', '::1', 'localhost', '0.0.0.0', '::', '10.0.0.5'].map(isPrivate)).toEqual([
    true,
    true,
    true,
    false,
    false,
    false,
  ])
})
