import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { loadPattern } from '../../../src/pattern/index.ts'
import { parseStrategy, PatternError, printStrategy } from '../../../src/strategy/index.ts'
import { strategy } from '../../given/strategy.ts'

const shape = (text: string): unknown =>
  JSON.parse(
    JSON.stringify(parseStrategy(text).statements, (key, value: unknown) => (key === 'line' ? undefined : value)),
  )

describe('statements as the patterns of KSI write them', () => {
  test.each([
    // What is written, and what it is the same as.
    ['EMIT round:over WITH { n: 1 }', 'EMIT "round:over" WITH { n: 1 }'],
    ['EMIT event:round:over WITH data: { n: 1 }', 'EMIT "round:over" WITH { n: 1 }'],
    ['EMIT event:round:half-over.now', 'EMIT "round:half-over.now"'],
    [
      strategy`
        FOR each step IN steps:
          LOG step
      `,
      strategy`
        FOR step IN steps:
          LOG step
      `,
    ],
    [
      strategy`
        FOR every task in tasks:
          LOG task
      `,
      strategy`
        FOR task IN tasks:
          LOG task
      `,
    ],
    ['EMIT "round:over" WITH n: 1, m: 2', 'EMIT "round:over" WITH { n: 1, m: 2 }'],
    ['EMIT "round:over" WITH { round, total }', 'EMIT "round:over" WITH { round: round, total: total }'],
    [
      strategy`
        EMIT "a" WITH data:
          n: 1
          of:
            m: x + 1
      `,
      'EMIT "a" WITH { n: 1, of: { m: x + 1 } }',
    ],
    [
      strategy`
        EMIT "a" WITH:
          n: 1
      `,
      'EMIT "a" WITH { n: 1 }',
    ],
    [
      strategy`
        GATHER x FROM agents WITH tasks:
          - 1
          - "two"
      `,
      'GATHER x FROM agents WITH tasks: [1, "two"]',
    ],
    [
      strategy`
        SPAWN helper WITH:
          profile: "worker"
          count: 2
      `,
      'SPAWN helper WITH profile: "worker", count: 2',
    ],
    ['SEND { to: "ann", message: { task: 1 } }', 'SEND { task: 1 } TO "ann"'],
    [
      strategy`
        SEND {
          to: { role: "worker" },
          message: "go",
        }
      `,
      'SEND "go" TO { role: "worker" }',
    ],
    ['CALCULATE x = 1 + 2', 'SET x = 1 + 2'],
    ['UPDATE x = x * 2', 'SET x = x * 2'],
    ['answers = GATHER completions FROM agents', 'GATHER answers FROM agents'],
  ])('%j', (written, same) => {
    expect(shape(written)).toEqual(shape(same))
  })

  test.each([
    'EMIT "a" TO agents WITH { n: 1 }',
    'SPAWN { profile: "worker", count: 3 } AS workers',
    'SPAWN "helper" WITH role: "worker" AS helper',
    'TRACK { type: "decision", data: { n: 1 } }',
    'TRACK { type: "decision" } AS noted',
    'SEND "go" TO "all" AS told',
    'QUERY { query_type: "agents", filters: { role: "worker", load: "minimal" } } AS free',
    'QUERY { query_type: "tracked", filters: { n: { ">": 1 } } } AS decisions',
    'AGGREGATE { data: answers, method: "statistical", options: { metric: "mean" } } AS scores',
    'COORDINATE { type: "barrier", agents: "all", timeout: 60s } AS ready',
    'AWAIT { from: "all", event_pattern: "vote:*", min_responses: 1, max_responses: 3 } AS votes',
    strategy`
      FOR each step:
        LOG step
    `,
    'SET x = {{y}} OR z',
    'SET x = now() + 60',
  ])('%s is read and printed', (text) => {
    expect(parseStrategy(text).isSketch).toBeUndefined()
    expect(shape(printStrategy(parseStrategy(text)))).toEqual(shape(text))
  })

  test('FOR each names its item', () => {
    const names = ['FOR each step:', 'FOR each_batch:', 'FOREACH every active agent:', 'FOR all_rounds:'].map(
      (head) => (parseStrategy(`${head}\n  LOG 1`).statements[0] as unknown as { name: string }).name,
    )
    expect(names).toEqual(['step', 'batch', 'agent', 'rounds'])
  })
})

describe('mistakes in them are shown with their place', () => {
  test.each([
    [
      strategy`
        LOG 1
        SEND { to: "ann" }
      `,
      2,
      1,
      'SEND needs "message"',
    ],
    ['SEND { to: "ann", mesage: 1 }', 1, 19, 'Did you mean "message"?'],
    ['QUERY { query_type: "agent" }', 1, 9, 'Did you mean "agents"?'],
    ['AGGREGATE { data: x, method: "statistcal" }', 1, 22, 'Did you mean "statistical"?'],
    ['COORDINATE { type: "barier", agents: x }', 1, 14, 'Did you mean "barrier"?'],
    ['COORDINATE { type: "turns" }', 1, 1, 'COORDINATE needs "agents"'],
    ['AWAIT { form: agents } AS x', 1, 9, 'Did you mean "from"?'],
    [
      strategy`
        FOR step:
          LOG 1
      `,
      1,
      5,
      'names no list',
    ],
    ['SPAWN { count: 1 } WITH profile: "x"', 1, 1, 'has its options twice'],
    ['SET x = undefined_function(1)', 1, 9, 'there is no function'],
  ])('%j', (text, line, column, message) => {
    const read = () => parseStrategy(text, { file: 'a.yaml' })
    expect(read).toThrow(PatternError)
    expect(read).toThrow(`a.yaml:${line}:${column}: `)
    expect(read).toThrow(message)
  })

  test.each([
    ['GATHER x FROM agents WITH timout: 15s', 31, 'Did you mean "timeout"?'],
    ['GATHER x FROM agents WITH late: "kep"', 31, 'Did you mean "keep"?'],
    ['x = AWAIT completion FROM "ann" WITH tiemout: 3s', 42, 'Did you mean "timeout"?'],
    ['RETRY 3 WITH backof: 2s: LOG 1', 18, 'Did you mean "backoff"?'],
    ['SPAWN "x" WITH profil: "y"', 20, 'Did you mean "profile"?'],
  ])('options: %s', (line, column, message) => {
    const load = () =>
      loadPattern({ text: `name: x\nagents: { ann: {} }\norchestration_logic:\n  strategy: |\n    ${line}\n` })
    expect(load).toThrow(`pattern.yaml:5:${column}: `)
    expect(load).toThrow(message)
  })
})

test('no text of their words crashes the reader: it reads it or says what is wrong', () => {
  const word = fc.constantFrom(
    ...'SPAWN EMIT SEND TRACK QUERY AGGREGATE COORDINATE WHEN CASE ON ASSERT FOR each IN WITH AS TO OR'.split(' '),
    ...'{ } [ ] ( ) : , = .. - # " event a:b step x 1 THINK'.split(' '),
    '\n',
    '\n  ',
    '\n    - ',
    "don't",
    'WITH data:\n    n: 1',
  )
  const soup = fc.array(word, { maxLength: 40 }).map((words) => words.join(' '))
  fc.assert(
    fc.property(soup, fc.boolean(), (text, strict) => {
      try {
        const read = parseStrategy(text, { strict })
        const printed = printStrategy(read)
        expect(printStrategy(parseStrategy(printed))).toBe(printed)
      } catch (error) {
        expect(error).toBeInstanceOf(PatternError)
      }
    }),
    { numRuns: 3_000, seed: 3 },
  )
})
