import { describe, expect, test } from 'vitest'
import { compileProgram, parseStrategy, type PatternError } from '../../../src/strategy/index.ts'

const compile = (text: string): unknown => compileProgram(parseStrategy(text, { file: 'a.yaml' }), 'a.yaml', text)

describe('options whose values are known before anything runs are taken where they fit', () => {
  test.each([
    'SPAWN x WITH role: "y", context: { a: x, [k]: 1 }, prompt: [x]',
    'SPAWN x WITH role: a OR b',
    'GATHER v FROM agents WITH tasks: [1, x], at_least: 2 - 2',
    'GATHER v FROM agents WITH tasks: 1..n',
    'AGGREGATE { data: x, method: "custom", options: { whatever: 2 } }',
    'AGGREGATE { data: x, method: m, options: { whatever: 2 } }',
    'AGGREGATE { data: x, method: "vote", options: { threshold: t } }',
    'AGGREGATE { data: x, method: "vote" }',
  ])('%s', (text) => {
    expect(compile(text)).toHaveLength(2)
  })
})

describe('options that do not fit are refused before anything runs, with their place', () => {
  test.each<[string, number, string, string | undefined]>([
    ['SPAWN x WITH rolle: "y"', 14, 'SPAWN has no option "rolle".', 'Did you mean "role"?'],
    ['SPAWN x WITH role: "y", role: "z"', 25, 'SPAWN has the option "role" twice.', 'Remove one of them.'],
    ['SPAWN { [y]: 3 }', 9, 'The options of SPAWN need literal names, not [y].', undefined],
    [
      'GATHER v FROM agents WITH at_least: 1 - 2',
      27,
      'at_least of GATHER is -1; it needs a whole number from 0.',
      undefined,
    ],
    [
      'GATHER v FROM agents WITH at_least: "2"',
      27,
      'at_least of GATHER is "2"; it needs a whole number from 0.',
      'Write 2 without quotes.',
    ],
    [
      'GATHER v FROM agents WITH late: "kep"',
      27,
      'late of GATHER is "kep"; it needs "cancel" or "keep".',
      'Did you mean "keep"?',
    ],
    ['SPAWN x WITH role: [1, [2]]', 14, 'role of SPAWN is [1,[2]]; it needs a text that is not empty.', undefined],
    [
      'GATHER v FROM agents WITH tasks: { a: 1, b: { c: 2 } }',
      27,
      'tasks of GATHER is {"a":1,"b":{"c":2}}; it needs a list.',
      undefined,
    ],
    // A list or an object is one, whatever is in it.
    [
      'GATHER v FROM agents WITH at_least: 1..n',
      27,
      'at_least of GATHER is a list; it needs a whole number from 0.',
      undefined,
    ],
    ['SPAWN x WITH context: [1, x]', 14, 'context of SPAWN is a list; it needs an object.', undefined],
    ['SPAWN x WITH role: { a: [x] }', 14, 'role of SPAWN is an object; it needs a text that is not empty.', undefined],
    ['GATHER v FROM agents WITH tasks: { [k]: 1 }', 27, 'tasks of GATHER is an object; it needs a list.', undefined],
    // Some are known to be wrong together.
    [
      'COORDINATE { type: "turns", agents: x, options: { max_rounds: 1..2 } }',
      40,
      'options of COORDINATE is {"max_rounds":[]}; it needs an object with options.',
      'max_rounds needs a whole number from 1.',
    ],
    [
      'AGGREGATE { data: x, method: "vote", options: { metrik: "mean" } }',
      38,
      'AGGREGATE has no option "metrik".',
      'Did you mean "metric"?',
    ],
    [
      'AGGREGATE { data: x, options: { threshold: 2 }, method: "vote" }',
      22,
      'threshold of AGGREGATE is 2; it needs a number from 0 to 1.',
      undefined,
    ],
  ])('%s', (text, column, problem, hint) => {
    let error: PatternError | undefined
    try {
      compile(text)
    } catch (thrown) {
      error = thrown as PatternError
    }
    expect([error?.file, error?.line, error?.column, error?.problem, error?.hint]).toEqual([
      'a.yaml',
      1,
      column,
      problem,
      hint,
    ])
    expect(error?.message).toContain(`\n  1 | ${text}\n`)
  })
})
