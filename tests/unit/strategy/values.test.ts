import { describe, expect, test } from 'vitest'
import { runStrategy } from '../../given/strategy-run.ts'

const VARIABLES = {
  agents: ['ann', 'ben'],
  boss: 'cem',
  empty: '',
  half: 0.5,
  key: 'k',
  list: [1],
  none: null,
  proto: '__proto__',
  round: 3,
  zero: 0,
}

const DURATION = 'it needs a duration from 0 to 3650d: seconds as a number, or a text such as 15s, 5m or 1h30m.'

describe('a value', () => {
  test.each<[string, unknown]>([
    ['round + 1', 4],
    ['1..round', [1, 2, 3]],
    ['round..3', [3]],
    ['round..1', []],
    ['boss OR "dan"', 'cem'],
    ['zero OR empty OR none OR list OR 5', [1]],
    ['zero OR none', null],
    // What cannot be evaluated counts as nothing, unless it comes last.
    ['nobody OR boss * 2 OR 4', 4],
    ['{ [key]: [round], [round]: { deep: boss } }', { k: [3], 3: { deep: 'cem' } }],
    [
      '{ "a\\nb": 1, "say \\"hi\\"": 2, \'tab\\t\': 3, "back\\\\slash": 4, "\\q": 5 }',
      {
        'a\nb': 1,
        'say "hi"': 2,
        'tab\t': 3,
        'back\\slash': 4,
        q: 5,
      },
    ],
  ])('%s is %j', (text, value) => {
    expect(runStrategy(`SET x = ${text}\nRETURN x`, VARIABLES).status).toEqual({ kind: 'completed', result: value })
  })
})

/** How a strategy of one line fails. */
const failureOf = (text: string): unknown => {
  const { requests, status } = runStrategy(text, VARIABLES)
  expect(requests).toEqual([])
  return status.kind === 'failed' ? status.failure : status
}

describe('a value that does not fit fails its statement, with its place', () => {
  test.each([
    ['RETURN { a: 1, [list]: 2 }', 17, 'The name of a member must be a text, not [1].'],
    ['RETURN { a: 1, [none]: 2 }', 17, 'The name of a member must be a text, not null.'],
    ['RETURN { a: 1, [proto]: 2 }', 17, '"__proto__" cannot be a name.'],
    ['SET x = zero OR round.x', 23, 'round.x: there is no "x" in the number 3.'],
    // A slip is no alternative.
    ['SET x = bos OR 4', 9, 'There is no variable "bos". Did you mean "boss"?'],
    ['FOR x IN boss..3: LOG x', 10, 'boss..3 needs two whole numbers, not "cem".'],
    ['FOR x IN 1..half: LOG x', 13, '1..half needs two whole numbers, not 0.5.'],
    ['SET x = 1..boss', 12, '1..boss needs two whole numbers, not "cem".'],
  ])('%s', (text, column, message) => {
    expect(failureOf(text)).toEqual({ kind: 'type', message, line: 1, column })
  })
})

/**
 * Statements with a value of which only the run knows that it does not fit; what is said of it, and at which column of
 * the statement.
 */
const UNFIT: readonly [text: string, column: number, message: string][] = [
  ['WAIT boss', 6, `duration of WAIT is "cem"; ${DURATION}`],
  ['WAIT for replies OR boss', 21, `duration of WAIT for is "cem"; ${DURATION}`],
  [
    'GATHER votes FROM agents WITH late: boss',
    37,
    'late of GATHER is "cem"; it needs "cancel" or "keep". There are: cancel, keep.',
  ],
  ['GATHER votes FROM agents WITH prompt: "Vote.", tasks: boss', 55, 'tasks of GATHER is "cem"; it needs a list.'],
  ['TERMINATE round', 11, 'Give the name of an agent, not 3.'],
  ['TERMINATE none', 11, 'Give the name of an agent, not null.'],
  ['TERMINATE [boss, none]', 1, 'Give the name of an agent, not null.'],
  ['TERMINATE { agent: round }', 1, 'agent of an agent is 3; it needs a text that is not empty.'],
  ['TERMINATE {}', 1, 'Give the name of an agent, not {}.'],
  ['TERMINATE boss + round * list', 24, 'boss + round * list: * needs two numbers, not the list [1].'],
  ['SEND "Go." TO { role: round }', 1, 'role of an agent is 3; it needs a text that is not empty.'],
  ['SEND "Go." TO { rolle: "x" }', 1, 'an agent has no criterion "rolle". Did you mean "role"?'],
  ['SEND "Go." TO { text: "Hi", agent: round }', 1, 'Give the name of an agent, not {"text":"Hi","agent":3}.'],
  ['SEND "Go." TO none', 15, 'Give the name of an agent, not null.'],
  ['BROADCAST none', 11, 'BROADCAST needs a message that is not empty, not null.'],
  ['EMIT round', 6, 'EMIT needs the name of an event, not 3.'],
]

describe('a value that is not what its statement needs', () => {
  test.each(UNFIT)('%s', (text, column, message) => {
    expect(failureOf(text)).toEqual({ kind: 'type', message, line: 1, column })
  })

  test.each(UNFIT)('in a sketch, the orchestrating agent is asked instead: %s', (text) => {
    const { requests, status } = runStrategy(`THINK first\n${text}`, VARIABLES)
    expect(requests).toEqual([
      { kind: 'ask', text: 'THINK first' },
      { kind: 'value', text: expect.stringContaining('Do this, and say what it gives: ') as string },
    ])
    expect(status.kind).toBe('completed')
  })
})
