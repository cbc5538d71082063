import { expect, test } from 'vitest'
import { unhandledText } from '../../../src/vitest/unhandled.ts'
import { call, story } from '../../given/story.ts'

test('an unhandled rejection is told with its time, and with the calls that failed at that moment', () => {
  const trace = story(
    call(1, { agent: 'ann', from: 0, to: 5_000, fault: 'server_error' }),
    call(2, { agent: 'ben', from: 0, to: 9_000, fault: 'overloaded' }),
  )
  expect(unhandledText('unhandledRejection', 5_000, trace)).toBe(
    'This is an unhandled rejection at 5s: no code had a handler for the rejected promise at that moment. Await the ' +
      'promise, or add a handler, before it can reject. At that moment failed: call 1 of ann (server_error).',
  )
})

test('an uncaught exception of a run whose calls are well is told alone', () => {
  expect(unhandledText('uncaughtException', 2_000, story(call(1, { from: 0, to: 2_000 })))).toBe(
    'This is an uncaught exception at 2s: no code caught the exception. Catch it in the callback that throws.',
  )
})
