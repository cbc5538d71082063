import { expect, test } from 'vitest'
import { UnusedSetUp } from '../../../src/vitest/unused.ts'

const planner = { part: 'agents', name: 'planner' } as const
const critic = { part: 'agents', name: 'critic' } as const

function after(...tests: readonly (readonly { part: 'agents'; name: string }[])[]): UnusedSetUp {
  const setUp = new UnusedSetUp('a team')
  for (const _ of tests) setUp.declared()
  for (const unused of tests) setUp.passed({}, unused)
  return setUp
}

test('what no test has used is told', () => {
  expect(after([planner, critic], [planner]).text).toBe(
    'longhaul: no test of "a team" used this part of the set-up: agents planner\n',
  )
})

test('what one of the tests has used is not told', () => {
  expect(after([planner], [critic]).text).toBe('')
})

test('a test that passes several times is one of the tests', () => {
  const setUp = new UnusedSetUp('a team')
  const repeated = {}
  for (const _ of ['it', 'and another one, which is left out']) setUp.declared()
  for (const _ of ['first', 'second']) setUp.passed(repeated, [planner])
  expect(setUp.text).toBe('')
})

test('what a test has asked for itself is told, whatever other tests use', () => {
  const setUp = new UnusedSetUp('a team')
  for (const _ of ['it', 'another', 'and one that is left out']) setUp.declared()
  setUp.passed({}, [{ part: 'failNext', name: '(1, \'reset\', { agent: "anna" })' }])
  setUp.passed({}, [])
  expect(setUp.text).toContain('used this part of the set-up: failNext (1, \'reset\', { agent: "anna" })')
})

test('nothing is told where a test was left out, as it may use it', () => {
  const setUp = after([planner])
  setUp.declared()
  expect(setUp.text).toBe('')
})
