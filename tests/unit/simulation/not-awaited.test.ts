import { expect, test } from 'vitest'
import { Given, NotAwaitedError } from '../../../src/simulation/not-awaited.ts'

const never = new Promise<void>(() => {})

test('what a test was given at its very end was not waited for', async () => {
  const given = new Given()
  void given.keep('run()', 5, never)
  expect(() => given.verify(5)).toThrow(NotAwaitedError)
  expect(() => given.verify(5)).toThrow('Write `await run()`')
})

test('a test that let time pass beside it, has seen something of it', () => {
  const given = new Given()
  void given.keep('run()', 5, never)
  expect(() => given.verify(6)).not.toThrow()
})

test('what is settled was waited for, also where it failed', async () => {
  const given = new Given()
  await given.keep('run()', 0, Promise.resolve())
  await given.keep('outcome()', 0, Promise.reject(new Error('no'))).catch(() => {})
  expect(() => given.verify(0)).not.toThrow()
})
