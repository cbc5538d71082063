import { describe, expect, test } from 'vitest'
import { loadPattern, resolveVariables } from '../../../src/pattern/index.ts'
import { PatternError } from '../../../src/strategy/index.ts'

const strategy = (line: string): string => `name: x
agents: { ann: {}, ben: {} }
orchestration_logic:
  strategy: |
    ${line}
`
const BAD_NUMBERS = ['"two"', 'null', '-1', '1.5', 'true', '[1]', '{ a: 1 }', '"2"', '1e400', '1..2']
const BAD_DURATIONS = ['"5 parsecs"', '-5', 'null', 'true', '[1]', '""', '"-5s"', '1e300']
const BAD_BOOLEANS = ['"no"', '1', 'null', '"true"', '[]']
const BAD_TEXTS = ['5', 'null', '""', 'true', '[1]']

/** Options of statements by what they need, and the statement around them. */
const OPTIONS: [statement: (option: string) => string, options: Record<string, readonly string[]>][] = [
  [
    (option) => `GATHER votes FROM agents WITH ${option}`,
    {
      at_least: BAD_NUMBERS,
      enough: [...BAD_NUMBERS, '0'],
      extend_for: BAD_NUMBERS,
      max_tokens: [...BAD_NUMBERS, '0', '"many"', '1e12'],
      timeout: BAD_DURATIONS,
      sequential: BAD_BOOLEANS,
      redistribute: BAD_BOOLEANS,
      late: ['"kep"', '5', 'null', 'true'],
      tasks: ['5', '"a"', 'null'],
      model: BAD_TEXTS,
      prompt: ['null'],
      timout: ['5s'],
    },
  ],
  [
    (option) => `answer = AWAIT completion FROM "ann" WITH ${option}`,
    { timeout: BAD_DURATIONS, max_tokens: BAD_NUMBERS, model: BAD_TEXTS, prompt: ['null'], at_least: ['1'] },
  ],
  [
    (option) => `AWAIT { from: "ann", ${option} } AS events`,
    {
      timeout: BAD_DURATIONS,
      min_responses: BAD_NUMBERS,
      max_responses: [...BAD_NUMBERS, '0'],
      collect_partial: BAD_BOOLEANS,
      event_pattern: BAD_TEXTS,
    },
  ],
  [
    (option) => `SPAWN "cid" WITH ${option}`,
    { count: [...BAD_NUMBERS, '1e9'], max_tokens: BAD_NUMBERS, model: BAD_TEXTS, role: BAD_TEXTS, vars: ['5', '[1]'] },
  ],
  [(option) => `RETRY 2 WITH ${option}: LOG 1`, { backoff: BAD_DURATIONS, backof: ['1s'] }],
  [
    (option) => `QUERY { query_type: "agents", ${option} } AS found`,
    { filters: ['5', '"a"', '[1]', 'null'], limit: [...BAD_NUMBERS, '0'] },
  ],
  [
    (option) => `AGGREGATE { data: [1], method: "consensus", options: { ${option} } } AS found`,
    { threshold: ['"many"', '2', '-1', 'null'], weights: ['5'], metric: ['"men"'], treshold: ['0.5'] },
  ],
  [
    (option) => `COORDINATE { type: "turns", agents: "all", options: { ${option} } } AS found`,
    { max_rounds: BAD_NUMBERS, turn_duration: BAD_DURATIONS, tusk: ['"x"'] },
  ],
  [(option) => `COORDINATE { type: "barrier", agents: "all", ${option} } AS found`, { timeout: BAD_DURATIONS }],
]

const cases = OPTIONS.flatMap(([statement, options]) =>
  Object.entries(options).flatMap(([name, values]) => values.map((value) => statement(`${name}: ${value}`))),
)

describe('an option that makes no sense is refused when the pattern is loaded', () => {
  test.each(cases)('%s', (line) => {
    const load = () => loadPattern({ text: strategy(line) })
    expect(load).toThrow(PatternError)
    expect(load).toThrow(/^pattern\.yaml:5:(?!1:)\d+: /)
  })

  test('and what it should be is said', () => {
    const load = (line: string) => () => loadPattern({ text: strategy(line) })
    expect(load('GATHER votes FROM agents WITH at_least: "two"')).toThrow(
      'pattern.yaml:5:35: at_least of GATHER is "two"; it needs a whole number from 0.',
    )
    expect(load('GATHER votes FROM agents WITH at_least: "2"')).toThrow('Write 2 without quotes.')
    expect(load('GATHER votes FROM agents WITH late: "kep"')).toThrow('Did you mean "keep"?')
    expect(load('GATHER votes FROM agents WITH timout: 5s')).toThrow('Did you mean "timeout"?')
    expect(load('GATHER votes FROM agents WITH timeout: 5s, timeout: 6s')).toThrow('has the option "timeout" twice')
  })

  test.each([
    'WAIT -1s',
    'WAIT "soon"',
    'WAIT for votes OR "soon"',
    'RETRY 0: LOG 1',
    'RETRY "often": LOG 1',
    'FOR x IN 5: LOG x',
    'FOR x IN 1.."b": LOG x',
    'GATHER votes FROM 5',
    'SEND "x" TO [1]',
    'SET x = "a" - 1',
    'SET x = upper(5)',
    'SET x = { a: 1, a: 2 }',
    'LOG "{{len(5)}}"',
    'LOG "{{ 1 + }}"',
    'IF "a" > 1: LOG 1',
    'RETURN 1e400',
  ])('so is %s', (line) => {
    expect(() => loadPattern({ text: strategy(line) })).toThrow(/^pattern\.yaml:5:\d+: /)
  })
})

describe('a setting of the YAML that makes no sense', () => {
  test.each([
    ['agents: { ann: { count: -1 } }', 'give a whole number from 0'],
    ['agents: { ann: { count: 1.5 } }', 'give a whole number from 0'],
    ['agents: { ann: { count: .inf } }', 'agents.ann.count'],
    ['agents: { ann: { count: 1000000000 } }', 'give a whole number from 0'],
    ['agents: { ann: { count: many } }', 'give a whole number from 0'],
    ['agents: { ann: { max_tokens: 0 } }', 'give a whole number from 1'],
    ['agents: { ann: { max_tokens: many } }', 'give a whole number from 1'],
    ['agents: { ann: { vars: { a: .nan } } }', 'not a finite number'],
    ['agents: { ann: { prompt: "{{raed}}" } }\nvariables: { read: 1 }', 'Did you mean "read"?'],
    ['agents: { ann: { prompt: "{{ 1 - }}" } }', 'the expression ends too early'],
    ['agents: { ann: { prompt: "{{ upper(5) }}" } }', 'needs a text'],
    ['variables: { budget_limit: true }', 'budget_limit of the variables is true; it needs US dollars'],
    ['variables: { budget_limit: -1 }', 'it needs US dollars'],
    ['variables: { budget_limit: lots }', 'it needs US dollars'],
    ['variables: { enable_cache: "yes" }', 'it needs true or false'],
    ['variables: { checkpoint_interval: soon }', 'it needs a duration'],
    ['variables: { timeout: -5 }', 'it needs a duration'],
    ['variables: { model: 5 }', 'it needs a text'],
    ['variables: { a: { type: integer, default: many } }', 'is of type integer, but its default is "many"'],
    ['variables: { a: { default: c, allowed_values: [a, b] } }', 'allowed values: "a", "b"'],
    ['coordination: { termination: { timeout: -1 } }', 'give a duration'],
    ['coordination: { termination: { timeout: soon } }', 'give a duration'],
    ['coordination: { termination: { max_messages: 0 } }', 'give a whole number from 1'],
    ['coordination: { termination: { conditions: [{ rounds: many }] } }', 'give a whole number from 1'],
  ])('%s is refused', (yaml, message) => {
    const load = () => loadPattern({ text: `name: x\norchestration_logic: { strategy: LOG 1 }\n${yaml}\n` })
    expect(load).toThrow(message)
    expect(load).toThrow(/^pattern\.yaml:3:\d+: /)
  })

  test.each([
    [{ budget_limit: true }, 'it needs US dollars'],
    [{ budget_limit: Number.NaN }, 'is not a finite number'],
    [{ n: Number.POSITIVE_INFINITY }, 'is not a finite number'],
    [{ enable_cache: 'yes' }, 'it needs true or false'],
    [{ checkpoint_interval: 'soon' }, 'it needs a duration'],
  ])('a run that is given %j is refused', (given, message) => {
    const pattern = loadPattern({ text: 'name: x\nvariables: { n: 1 }\norchestration_logic: { strategy: LOG n }\n' })
    expect(() => resolveVariables(pattern, given)).toThrow(message)
  })
})
