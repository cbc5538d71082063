import { describe, expect, test } from 'vitest'
import type { RunnerTestCase } from 'vitest'
import { expectFailure, fail, isAborted, verdictOf, writeFailure } from '../../../src/vitest/verdict.ts'

/** A test as Vitest's runner has it after a try. */
const task = (result: object | undefined, over: object = {}) => ({ result, ...over }) as unknown as RunnerTestCase
const passed = () => task({ state: 'run' })
const failed = (...messages: string[]) => task({ state: 'fail', errors: messages.map((message) => ({ message })) })
const verdict = (of: RunnerTestCase, { errorsBefore = 0, more = [] as unknown[] } = {}) =>
  verdictOf({ task: of, errorsBefore }, more)

describe('a try of a test', () => {
  test('has passed where nothing has failed', () => {
    expect(verdict(passed())).toEqual({ kind: 'passed' })
  })

  test('has failed with what it failed with, errors of earlier tries aside', () => {
    expect(verdict(failed('first', 'second'), { errorsBefore: 1 })).toEqual({
      kind: 'failed',
      errors: [{ message: 'second' }],
    })
  })

  test('has failed with what Vitest does not know of', () => {
    expect(verdict(passed(), { more: [{ message: 'orphans' }] })).toEqual({
      kind: 'failed',
      errors: [{ message: 'orphans' }],
    })
    expect(verdict(failed('no'), { more: [{ message: 'orphans' }] })).toMatchObject({ errors: [{}, {}] })
  })

  test('that has failed for no reason says so', () => {
    expect(verdict(task({ state: 'fail' }))).toMatchObject({
      kind: 'failed',
      errors: [{ message: 'The test failed, and Vitest does not say why.' }],
    })
  })

  test('may skip itself', () => {
    expect(verdict(task({ state: 'run', pending: true }))).toEqual({ kind: 'skipped' })
    expect(verdict(task({ state: 'skip' }))).toEqual({ kind: 'skipped' })
  })
})

describe('a test that is to fail', () => {
  const expected = (of: RunnerTestCase) => {
    of.fails = true
    expectFailure(of)
    return of
  }

  test('has passed by failing, and failed by passing', () => {
    expect(verdict(expected(failed('no')))).toEqual({ kind: 'passed' })
    expect(verdict(expected(passed()))).toMatchObject({ kind: 'failed', errors: [{ message: 'Expect test to fail' }] })
  })

  test('has failed by a mistake in how it is written', () => {
    const mistake = { message: 'no snapshots here', __vitest_test_syntax_error__: true }
    expect(verdict(expected(task({ state: 'fail', errors: [mistake] })))).toEqual({ kind: 'failed', errors: [mistake] })
  })

  test('is to fail in its next try too', () => {
    const of = expected(failed('no'))
    writeFailure({ task: of, errorsBefore: 0 }, [{ message: 'seen' }])
    expect(of.fails).toBe(false)
    expectFailure(of)
    expect(of.fails).toBe(true)
  })
})

test('errors are written in the place of those of this try', () => {
  const of = task({ state: 'run', pending: true, note: 'skipped', errors: [{ message: 'before' }, { message: 'now' }] })
  fail({ task: of, errorsBefore: 1 }, [{ message: 'told' }])
  expect(of.result).toEqual({ state: 'fail', errors: [{ message: 'before' }, { message: 'told' }] })
})

test('the run of all tests may be broken off', () => {
  const aborted = (signal: AbortSignal) => isAborted(task(undefined, { context: { signal } }))
  expect(aborted(new AbortController().signal)).toBe(false)
  expect(aborted(AbortSignal.abort(Object.assign(new Error(), { name: 'TestRunAbortError' })))).toBe(true)
  expect(aborted(AbortSignal.abort(new Error('timeout')))).toBe(false)
})
