import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseStrategy, PatternError, printStrategy } from '../../../src/strategy/index.ts'
import { strategy } from '../../given/strategy.ts'

const shape = (text: string, options = {}): unknown =>
  JSON.parse(
    JSON.stringify(parseStrategy(text, options), (key, value: unknown) => (key === 'line' ? undefined : value)),
  )

describe('statements', () => {
  test.each([
    ['GATHER responses FROM all_agents WITH timeout: 15s, at_least: 2', 'gather'],
    ['response = AWAIT completion FROM agent WITH timeout: 30s', 'completion'],
    ['AWAIT completion FROM "alice"', 'completion'],
    ['AWAIT { from: agents, event_pattern: "a:*", min_responses: 2 } AS answers', 'events'],
    ['SET x = len(responses) >= 2 ? "many" : "few"', 'set'],
    ['x = 1', 'set'],
    ['score = CALL rate(responses, [1, { a: 2 }])', 'call'],
    ['COLLECT response', 'collect'],
    ['PROCESS responses AS summary', 'process'],
    ['SPAWN "helper" WITH model: "gpt-4o-mini"', 'spawn'],
    ['TERMINATE agent', 'terminate'],
    ['SEND "hello {{name}}" TO agent', 'send'],
    ['BROADCAST "event" TO agents', 'broadcast'],
    ['EMIT "ns:event" WITH { round: 3, nested: { a: [1, 2] } }', 'emit'],
    ['WAIT 2 seconds', 'wait'],
    ['PAUSE 100ms', 'wait'],
    ['WAIT for responses OR timeout', 'waitFor'],
    [
      strategy`
        FOR round IN 1..{{max_rounds}}:
          BREAK
      `,
      'for',
    ],
    ['FOREACH x IN list: CONTINUE', 'for'],
    [
      strategy`
        WHILE rounds < 10 AND NOT done:
          LOG rounds
      `,
      'while',
    ],
    [
      strategy`
        IF x in [1, 2]: BREAK
        ELIF y: BREAK
        ELSE IF z: BREAK
        ELSE: BREAK
      `,
      'if',
    ],
    [
      strategy`
        PARALLEL:
          LOG 1
          LOG 2
      `,
      'parallel',
    ],
    [
      strategy`
        RETRY 3 WITH backoff: 2s:
          LOG 1
      `,
      'retry',
    ],
    [
      strategy`
        LOG 1
        ON failure:
          LOG failure.message
      `,
      'guarded',
    ],
    ['CHECKPOINT "after round"', 'checkpoint'],
    ['RETURN { rounds: rounds }', 'return'],
    ['LOG x', 'log'],
    ['ASSERT len(responses) >= 2', 'assert'],
    ['IDENTIFY dominant strategies', 'ask'],
  ])('%s', (text, kind) => {
    expect(parseStrategy(text).statements[0]!.kind).toBe(kind)
    expect(shape(printStrategy(parseStrategy(text)))).toEqual(shape(text))
  })

  test('an object may stand on several lines, without commas', () => {
    expect(
      shape(strategy`
        AWAIT {
          from: agents
          timeout: 30s, # soon
          collect_partial: true
        } AS x
      `),
    ).toEqual(shape('AWAIT { from: agents, timeout: 30s, collect_partial: true } AS x'))
  })

  test('a unit in words is a duration', () => {
    expect(shape('WAIT 2 seconds')).toEqual(shape('PAUSE 2s'))
    expect(shape('WAIT n minutes')).toEqual(shape('WAIT (n) * 60'))
  })

  test('plain language takes what is indented below it along', () => {
    expect(
      parseStrategy(strategy`
        ANALYZE the round:
          - who cooperated
          - who did not
        LOG 1
      `).statements,
    ).toMatchObject([
      {
        kind: 'ask',
        text: strategy`
          ANALYZE the round:
            - who cooperated
            - who did not
        `,
      },
      { kind: 'log' },
    ])
  })

  test('a condition in plain language is a question, unless the pattern is strict', () => {
    const text = strategy`
      IF cooperation is collapsing:
        BREAK
    `
    expect(parseStrategy(text).statements[0]).toMatchObject({ branches: [{ condition: { kind: 'judgement' } }] })
    expect(() => parseStrategy(text, { strict: true })).toThrow('is not a valid expression')
    expect(() => parseStrategy('IDENTIFY dominant strategies', { strict: true })).toThrow('strict')
  })
})

describe('mistakes are shown with their place and a hint', () => {
  test.each([
    [
      strategy`
        LOG 1
        GATHER x FORM agents
      `,
      2,
      10,
      'Did you mean "FROM"?',
    ],
    ['GATHR x FROM agents', 1, 1, 'Did you mean "GATHER"?'],
    [
      strategy`
        IF x = 3:
          BREAK
      `,
      1,
      6,
      'To compare, write ==',
    ],
    [
      strategy`
        IF x:
        LOG 1
      `,
      2,
      1,
      'Indent the lines',
    ],
    ['LOG "abc', 1, 5, 'Close it with "'],
    ['FOR x IN', 1, 9, 'FOR round IN 1..10:'],
    [
      strategy`
        ELSE:
          BREAK
      `,
      1,
      1,
      'below an IF block',
    ],
    [
      strategy`
        LOG 1
          LOG 2
      `,
      2,
      3,
      'does not start a block',
    ],
    ['SET x = lenn(y)', 1, 9, 'Did you mean "len"?'],
    ['x = AWAIT complete FROM y', 1, 11, 'AWAIT completion FROM'],
    ['LOG round results', 1, 5, 'Write texts in quotes'],
    [
      strategy`
        ON failure:
          LOG 1
      `,
      1,
      1,
      'the statement that it guards',
    ],
    [
      strategy`
        IF a:
            LOG 1
          LOG 2
      `,
      3,
      3,
      'matches no block',
    ],
    ['\tLOG 1', 1, 1, 'Indent with spaces'],
    ['SET x = { __proto__: 1 }', 1, 11, 'cannot be a name'],
    ['SET x = { "__proto__": 1 }', 1, 11, 'cannot be a name'],
    ['SET __proto__ = { a: 1 }', 1, 5, 'cannot be a name'],
    ['FOR constructor IN 1..2: BREAK', 1, 5, 'cannot be a name'],
  ])('%j', (text, line, column, hint) => {
    const error = (() => {
      try {
        parseStrategy(text, { file: 'a.yaml' })
      } catch (thrown) {
        return thrown
      }
      return undefined
    })()
    expect(error).toBeInstanceOf(PatternError)
    expect(error).toMatchObject({ file: 'a.yaml', line, column })
    expect((error as PatternError).message).toContain(hint)
    expect((error as PatternError).message).toContain(`a.yaml:${line}:${column}: `)
  })
})

const name = fc.constantFrom('x', 'round', 'agents', 'min', 'responses', 'E', 'log')
const leaf = fc.oneof(
  name,
  fc.nat(1000).map(String),
  fc.constantFrom(
    '15s',
    '1m30s',
    '"hi {{x}}"',
    'true',
    'null',
    '{{x}}',
    'x.y',
    'xs[0]',
    'len(x)',
    'x == 1 and not y',
    '(a ? b : c)',
    'x || "!"',
  ),
)
const value = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc
      .array(fc.tuple(name, tie('value')), { maxLength: 3 })
      .map((entries) => `{${entries.map(([n, v]) => `${n}: ${v}`).join(', ')}}`),
    fc.array(tie('value'), { maxLength: 3 }).map((items) => `[${items.join(', ')}]`),
  ),
})).value
const options = fc.oneof(
  fc.constant(''),
  fc
    .array(fc.tuple(name, value), { minLength: 1, maxLength: 3 })
    .map((entries) => ` WITH ${entries.map(([n, v]) => `${n}: ${v}`).join(', ')}`),
)
const indent = (text: string): string => text.replaceAll(/^/gm, '  ').replaceAll(/^ +$/gm, '')
const block = fc.letrec<{ block: string; statement: string }>((tie) => ({
  block: fc.array(tie('statement'), { minLength: 1, maxLength: 4 }).map((statements) => statements.join('\n')),
  statement: fc.oneof(
    { depthSize: 'small' },
    fc.tuple(name, value).map(([n, v]) => `SET ${n} = ${v}`),
    fc.tuple(name, leaf, options).map(([n, v, o]) => `GATHER ${n} FROM ${v}${o}`),
    fc.tuple(name, leaf, options).map(([n, v, o]) => `${n} = AWAIT completion FROM ${v}${o}`),
    fc.tuple(value, leaf).map(([v, to]) => `SEND ${v} TO ${to}`),
    fc.tuple(leaf, value).map(([event, v]) => `EMIT ${event} WITH ${v}`),
    fc.tuple(name, fc.array(value, { maxLength: 3 })).map(([n, given]) => `${n} = CALL f(${given.join(', ')})`),
    fc.constantFrom(
      'BREAK',
      'CHECKPOINT',
      'RETURN',
      'LOG 1',
      'WAIT 2 seconds',
      'WAIT for x OR 3m',
      'Think about it, please: why?',
    ),
    fc.tuple(name, leaf, tie('block')).map(([n, v, b]) => `FOR ${n} IN ${v}:\n${indent(b)}`),
    fc
      .tuple(leaf, tie('block'), tie('block'))
      .map(([c, b, e]) => `IF ${c}:\n${indent(b)}\nELIF x:\n  LOG 1\nELSE:\n${indent(e)}`),
    fc.tuple(tie('block'), tie('block')).map(([b, h]) => `RETRY 3:\n${indent(b)}\nON failure:\n${indent(h)}`),
    tie('block').map((b) => `PARALLEL:\n${indent(b)}`),
  ),
})).block

describe('properties', () => {
  test('every strategy prints to text that parses to the same tree', () => {
    fc.assert(
      fc.property(block, (text) => {
        expect(shape(printStrategy(parseStrategy(text)))).toEqual(shape(text))
      }),
      { numRuns: 500, seed: 1 },
    )
  })

  test('no text crashes the parser: it reads it or says what is wrong', () => {
    const word = fc.constantFrom(
      'GATHER',
      'FOR',
      'IF',
      'AWAIT',
      'WITH',
      'FROM',
      'ON failure',
      'SET',
      '=',
      ':',
      '{',
      '}',
      '[',
      ']',
      '(',
      ')',
      ',',
      '..',
      '"',
      '{{',
      '}}',
      '#',
      'x',
      '15s',
      '1',
      '\n',
      '\n  ',
      '\n    ',
      ' ',
      '\\',
      '\u2028',
      'é',
    )
    const soup = fc.oneof(
      fc.string({ maxLength: 200 }),
      fc.array(word, { maxLength: 60 }).map((words) => words.join(' ')),
      fc
        .tuple(block, fc.nat(), word)
        .map(([text, at, extra]) => text.slice(0, at % (text.length + 1)) + extra + text.slice(at % (text.length + 1))),
    )
    fc.assert(
      fc.property(soup, fc.boolean(), (text, strict) => {
        try {
          parseStrategy(text, { strict })
        } catch (error) {
          expect(error).toBeInstanceOf(PatternError)
        }
      }),
      { numRuns: 2_000, seed: 2 },
    )
  })

  test.each([
    ['brackets', `SET x = ${'('.repeat(20_000)}`],
    ['lists', `SET x = ${'['.repeat(5_000)}${']'.repeat(5_000)}`],
    ['objects', `SET x = ${'{a: '.repeat(5_000)}`],
    ['blocks', Array.from({ length: 500 }, (_, depth) => `${' '.repeat(depth)}IF x:`).join('\n')],
    ['an open bracket', `SET x = {\n${'a: 1\n'.repeat(5_000)}`],
    ['a long line', `LOG ${'x + '.repeat(50_000)}x`],
    ['nots', `LOG ${'not '.repeat(20_000)}x`],
  ])('endless %s are refused', (_, text) => {
    expect(() => parseStrategy(text)).toThrow(PatternError)
  })
})
