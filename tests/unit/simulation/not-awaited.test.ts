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

test('a run that a test only started fails the test where it failed, with its own error as the cause', async () => {
  const given = new Given()
  const error = new Error('the reviewer never came')
  given.begin(0, Promise.resolve({ status: 'failed', error }))
  await Promise.resolve()
  expect(() => given.verify(60_000)).toThrow('the orchestration failed: Error: the reviewer never came')
  expect(() => given.verify(60_000)).toThrow(expect.objectContaining({ code: 'LONGHAUL_NOT_AWAITED', cause: error }))
})

test('a run that a test only started has done nothing where no time has passed', async () => {
  const given = new Given()
  given.begin(5, new Promise(() => {}))
  expect(() => given.verify(5)).toThrow('ended before the orchestration did anything')
  expect(() => given.verify(6)).not.toThrow()
})

test('a run that a test used, or that completed, is no reason to fail', async () => {
  const given = new Given()
  const use = given.begin(0, Promise.resolve({ status: 'failed', error: new Error('as expected') }))
  given.begin(0, Promise.resolve({ status: 'completed' }))
  use()
  await Promise.resolve()
  expect(() => given.verify(0)).not.toThrow()
})
