import { describe, expect, test } from 'vitest'
import { findingsOf, loadPattern } from '../../../src/pattern/index.ts'
import { strategy } from '../../given/strategy.ts'

const known = {
  functions: ['play', 'metrics'],
  models: ['gpt-4o', 'gpt-4o-mini'],
  isModel: (name: string) => name.startsWith('gpt-4o'),
}
const findings = (strategy: string, yaml = '') =>
  findingsOf(
    loadPattern({
      text: `name: x\nvariables: { total: 1 }\nagents: { ann: {}, ben: {}, cid: {} }\n${yaml}orchestration_logic:\n  strategy: |\n${strategy.replaceAll(/^/gm, '    ')}\n`,
    }),
    known,
  ).map(({ severity, error: { line, column, problem, hint } }) => ({ severity, line, column, problem, hint }))

describe('what longhaul check finds', () => {
  test.each([
    ['LOG nothing', 'error', 6, 9, 'There is no variable "nothing"', 'declare it'],
    ['LOG collected_votes', 'error', 6, 9, 'There is no variable "collected_votes"', 'declare it'],
    [
      'GATHER votes FROM agents\nRETURN collected_votes',
      'error',
      7,
      12,
      'There is no variable "collected_votes"',
      'declare it',
    ],
    ['LOG "Hi {{nothing}}"', 'error', 6, 15, 'There is no variable "nothing"', 'declare it'],
    [
      strategy`
        SET sum_of_all = 1
        LOG sum_of_al
      `,
      'error',
      7,
      9,
      'There is no variable "sum_of_al"',
      'Did you mean "sum_of_all"?',
    ],
    ['GATHER votes FROM { rolle: "x" }', 'error', 6, 25, 'no criterion "rolle"', 'Did you mean "role"?'],
    ['SEND "x" TO [ann, { rolle: "x" }]', 'error', 6, 25, 'no criterion "rolle"', 'Did you mean "role"?'],
    ['SPAWN "dan" WITH template: "bne"', 'error', 6, 32, 'There is no agent "bne" to serve', 'Did you mean "ben"?'],
    ['SEND "x" TO dan', 'error', 6, 17, 'There is no agent "dan"', 'ann, ben, cid'],
    ['GATHER votes FROM ["ann", "bne"]', 'error', 6, 31, 'There is no agent "bne"', 'Did you mean "ben"?'],
    ['AWAIT { from: "bne", timeout: 5s } AS e', 'error', 6, 19, 'There is no agent "bne"', 'Did you mean "ben"?'],
    ['GATHER votes FROM agents WITH at_least: 4', 'error', 6, 35, 'GATHER asks only 3 agents', 'up to 3'],
    ['GATHER votes FROM ["ann"] WITH at_least: 2', 'error', 6, 36, 'GATHER asks only one agent', 'up to 1'],
    ['x = CALL plya(1)', 'error', 6, 5, 'no function "plya"', 'Did you mean "play"?'],
    ['x = CALL other(1)', 'warning', 6, 5, 'no function "other"', 'orchestrator.functions'],
    [
      'GATHER votes FROM agents WITH model: "gpt-3o"',
      'warning',
      6,
      42,
      'The model "gpt-3o" is in no price table',
      'gpt-4o',
    ],
    [
      strategy`
        RETURN 1
        LOG 2
      `,
      'warning',
      7,
      5,
      'is unreachable',
      'Remove the statement',
    ],
    [
      strategy`
        FOR i IN 1..3:
          BREAK
          LOG i
      `,
      'warning',
      8,
      7,
      'is unreachable',
      'Remove the statement',
    ],
    [
      strategy`
        IF false:
          LOG 1
      `,
      'warning',
      7,
      7,
      'never runs',
      'Remove the block',
    ],
    [
      strategy`
        WHILE true:
          WAIT 1s
        LOG 2
      `,
      'warning',
      8,
      5,
      'is unreachable',
      'Remove the statement',
    ],
    [
      'Gather the votes',
      'warning',
      6,
      5,
      'The orchestrating agent receives this line, because it is plain language',
      'GATHER responses FROM agents',
    ],
    [
      'send it round',
      'warning',
      6,
      5,
      'The orchestrating agent receives this line, because it is plain language',
      'SEND "text" TO agent',
    ],
  ])('%s', (strategy, severity, line, column, problem, hint) => {
    expect(findings(strategy)).toContainEqual({
      severity,
      line,
      column,
      problem: expect.stringContaining(problem) as string,
      hint: expect.stringContaining(hint) as string,
    })
  })

  test('nothing of what is right', () => {
    const strategy = `SET words = []
GATHER votes FROM agents WITH at_least: 3
FOREACH vote IN votes:
  IF vote.refused: CONTINUE
  COLLECT vote.text INTO words
SEND "done {{len(words)}} of {{total}}, without {{votes.missing}}" TO "all"
SPAWN helper WITH role: "helper"
GATHER votes_again FROM agents
LOG collected_votes_again
GATHER more FROM { role: "helper" }
BROADCAST "x" TO ["ann", { role: "helper" }]
AWAIT completion FROM helper
EMIT round:over TO ann WITH { words }
x = CALL play(1)
WAIT for words OR timeout
TRY:
  ASSERT total > 0
ON failure:
  LOG failure.kind
RETURN filter(words, word -> len(word) > 3)`
    expect(findings(strategy)).toEqual([])
  })

  test('a name that is nearly that of a declared variable is refused at once', () => {
    expect(() => findings('LOG totla')).toThrow('pattern.yaml:6:9: There is no variable "totla".')
    expect(() => findings('LOG "{{ totla + 1 }}"')).toThrow('pattern.yaml:6:13: There is no variable "totla".')
  })

  test('in a sketch, what nothing defines is left to the model', () => {
    expect(
      findings(strategy`
        THINK about it
        SET x = what_there_is
        SEND x TO the_boss
      `),
    ).toEqual([])
  })
})
