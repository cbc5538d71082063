import { describe, expect, test } from 'vitest'
import {
  expressionsIn,
  expressionsOf,
  parseStrategy,
  partsOf,
  setBy,
  statementsIn,
  type Statement,
} from '../../../src/strategy/index.ts'
import { strategy } from '../../given/strategy.ts'

const first = (text: string): Statement => parseStrategy(text).statements[0]!

/** The expressions that a statement itself reads; those that may be names of agents apart. */
function reads(text: string): { expressions: string[]; names: string[] } {
  const { values, entries, conditions, expressions, symbols } = partsOf(first(text))
  return {
    expressions: [
      ...values.flatMap((value) => [...expressionsIn(value)]),
      ...entries.flatMap((entry) => [...expressionsOf(entry)]),
      ...expressions,
      ...conditions,
    ].map((each) => each.text),
    names: symbols.flatMap((value) => [...expressionsIn(value)]).map((each) => each.text),
  }
}

describe('what a statement reads', () => {
  test.each<[string, string[], string[]]>([
    ['SET x = a + 1', ['a + 1'], []],
    ['SET x[i].name = a', ['a', 'i', '"name"'], []],
    ['SET x = [a, { n: b }, 1]', ['a', 'b', '1'], []],
    ['SET x = { [key]: value }', ['key', 'value'], []],
    ['SET x = a OR b', ['a', 'b'], []],
    ['FOR x IN from..to:\n  LOG 1', ['from', 'to'], []],
    ['WHILE n > 3:\n  LOG 1', ['n > 3'], []],
    ['IF a: LOG 1', ['a'], []],
    ['IF a:\n  LOG 1\nELIF b:\n  LOG 2\nELSE:\n  LOG 3', ['a', 'b'], []],
    ['ASSERT a > b', ['a > b'], []],
    ['RETURN a', ['a'], []],
    ['RETURN', [], []],
    ['COLLECT a INTO all', ['a'], []],
    ['x = CALL f(a, [b])', ['a', 'b'], []],
    ['WAIT n seconds', ['(n) * 1'], []],
    ['WAIT for replies OR limit', ['limit'], []],
    ['WAIT for replies OR timeout', [], []],
    ['WAIT for replies', [], []],
    ['RETRY n WITH backoff: b:\n  LOG 1', ['b', 'n'], []],
    ['GATHER votes FROM team WITH prompt: p, timeout: t', ['p', 't'], ['team']],
    ['x = AWAIT completion FROM ann WITH prompt: p', ['p'], ['ann']],
    ['AWAIT { from: team, timeout: t } AS x', ['team', 't'], []],
    ['SEND a TO ann', ['a'], ['ann']],
    ['SEND { to: ann, message: m }', ['m'], ['ann']],
    ['BROADCAST a TO team WITH urgent: u', ['a', 'u'], ['team']],
    ['BROADCAST a', ['a'], []],
    ['EMIT over TO ann WITH { n: a }', ['a'], ['ann']],
    ['EMIT "over" WITH a', ['"over"', 'a'], []],
    ['SPAWN helper WITH model: m', ['m'], ['helper']],
    ['SPAWN { profile: p }', ['p'], []],
    ['TERMINATE ann', [], ['ann']],
    ['PROCESS a AS x', ['a'], []],
    ['CHECKPOINT "round {{n}}"', ['"round {{n}}"'], []],
    ['CHECKPOINT "round"', [], []],
    ['LOG a', ['a'], []],
    ['TRACK { type: "x", data: a }', ['"x"', 'a'], []],
  ])('%s', (text, expressions, names) => {
    const found = reads(text)
    expect([found.expressions.toSorted(), found.names]).toEqual([expressions.toSorted(), names])
  })

  test('a question in plain language is a condition, too', () => {
    expect(partsOf(first('IF everybody agrees:\n  LOG 1')).conditions).toMatchObject([
      { kind: 'judgement', text: 'everybody agrees' },
    ])
  })
})

describe('what a statement sets', () => {
  test.each<[string, string[]]>([
    ['SET x = 1', ['x']],
    ['SET x[0] = 1', []],
    ['FOR x IN [1]:\n  LOG x', ['x']],
    ['FOR each step:\n  LOG 1', ['step']],
    ['COLLECT vote', ['votes']],
    ['COLLECT 1 + 1', ['collected']],
    ['COLLECT vote INTO all', ['all']],
    ['x = CALL f()', ['x']],
    ['CALL f()', []],
    ['GATHER votes FROM agents', ['votes', 'missing']],
    ['WAIT for replies', ['replies', 'missing']],
    ['WAIT 1s', []],
    ['x = AWAIT completion FROM ann', ['x']],
    ['AWAIT completion FROM ann', []],
    ['AWAIT { from: ann } AS heard', ['heard']],
    ['SPAWN helper', ['helper']],
    ['SPAWN "helper"', []],
    ['SPAWN worker.name', []],
    ['SPAWN "helper" AS made', ['made']],
    ['SPAWN { count: 2 } AS made', ['made']],
    ['SPAWN { count: 2 }', []],
    ['PROCESS a AS x', ['x']],
    ['PROCESS a', ['processed']],
    ['QUERY { query_type: "agents" } AS found', ['found']],
    ['CHECKPOINT there', []],
    ['LOG 1\nON failure:\n  LOG 2', []],
    ['THINK about it', ['answer']],
    ['PREPARE the round:\n  LOG 1', ['answer']],
  ])('%s', (text, names) => {
    expect(setBy(first(text))).toEqual(names)
  })
})

test('every statement is found, from the first line to the last, however deep', () => {
  const { statements } = parseStrategy(strategy`
    FOR x IN [1]:
      IF x: LOG 1
      ELSE:
        PARALLEL:
          LOG 2
    TRY:
      WHILE false:
        RETRY 2:
          LOG 3
    ON failure:
      LOG 4
    PREPARE the end:
      LOG 5
  `)
  expect([...statementsIn(statements)].map(({ kind, line }) => `${line} ${kind}`)).toEqual([
    '1 for',
    '2 if',
    '2 log',
    '4 parallel',
    '5 log',
    '6 guarded',
    '6 try',
    '7 while',
    '8 retry',
    '9 log',
    '11 log',
    '12 stage',
    '13 log',
  ])
})
