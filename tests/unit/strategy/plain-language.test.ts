import { describe, expect, test } from 'vitest'
import { parseStrategy, PatternError, printStrategy } from '../../../src/strategy/index.ts'
import { strategy } from '../../given/strategy.ts'

type Shape = string | { [head: string]: Shape[] }

/** A strategy as what is asked, and the kinds of its statements. */
function shapeOf(text: string, options = {}): Shape[] {
  const show = (statement: {
    kind: string
    text?: string
    body?: readonly never[]
    branches?: readonly never[]
  }): Shape => {
    const { kind, text: said, body } = statement
    if (kind === 'if')
      return {
        if: (statement.branches as unknown as { body: readonly never[] }[]).flatMap((each) => each.body.map(show)),
      }
    const name = said === undefined ? kind : `${kind}: ${said}`
    return Array.isArray(body) ? { [name]: body.map(show) } : name
  }
  return parseStrategy(text, options).statements.map(show as never)
}

const errorOf = (text: string, options = {}): PatternError => {
  try {
    parseStrategy(text, { file: 'a.yaml', ...options })
  } catch (error) {
    expect(error).toBeInstanceOf(PatternError)
    return error as PatternError
  }
  throw new Error(`${text} is read.`)
}

describe('a line in plain language with a block', () => {
  test('is asked, and its block is run', () => {
    expect(
      shapeOf(strategy`
        EXECUTE game_rounds:
          FOR round IN 1..3:
            LOG round
      `),
    ).toEqual([{ 'stage: EXECUTE game_rounds:': [{ for: ['log'] }] }])
  })

  test('may have further ones in its block, each with its own', () => {
    expect(
      shapeOf(strategy`
        RUN the game:
          PLAY a round:
            LOG 1
          THANK everybody
      `),
    ).toEqual([{ 'stage: RUN the game:': [{ 'stage: PLAY a round:': ['log'] }, 'ask: THANK everybody'] }])
  })

  test('takes lists and entries of its block along, and runs the rest', () => {
    expect(
      shapeOf(strategy`
        RATE the players:
          - by their moves
          scale: 1 to 5
          "best of": all
          LOG 1
          WRITE a report
      `),
    ).toEqual([
      {
        'stage: RATE the players:\n  - by their moves\n  scale: 1 to 5\n  "best of": all': [
          'log',
          'ask: WRITE a report',
        ],
      },
    ])
  })

  test('needs no colon where a statement is in it, so that no statement is swallowed', () => {
    expect(
      shapeOf(strategy`
        PHASE 1: WARM UP
          LOG 1
          BREATHE deeply
      `),
    ).toEqual([{ 'stage: PHASE 1: WARM UP': ['log', 'ask: BREATHE deeply'] }])
  })

  test('without a colon and a statement goes on below', () => {
    expect(
      shapeOf(strategy`
        THINK about it
          for a while
          and say so
      `),
    ).toEqual(['ask: THINK about it\n  for a while\n  and say so'])
  })

  test('runs statements that are items of its list', () => {
    expect(
      shapeOf(strategy`
        COUNT to two:
          - EMIT "count" WITH { n: 1 }
          - and rest
      `),
    ).toEqual([{ 'stage: COUNT to two:\n  - and rest': ['emit'] }])
  })

  test('may have brackets that are closed below', () => {
    expect(
      shapeOf(strategy`
        CONSIDER a fork WITH {
          name: "b",
          why: { gain: 2 }
        }
        LOG 1
      `),
    ).toEqual(['ask: CONSIDER a fork WITH {\n  name: "b",\n  why: { gain: 2 }\n}', 'log'])
  })

  test('loses a comment at its end, and keeps a number sign', () => {
    expect(shapeOf('NAME issue #1 # of the list\nQUOTE "a # b"')).toEqual(['ask: NAME issue #1', 'ask: QUOTE "a # b"'])
  })

  test('is an error in a strict pattern', () => {
    expect(
      errorOf(
        strategy`
          LOG 1
          EXECUTE game_rounds:
            LOG 2
        `,
        { strict: true },
      ),
    ).toMatchObject({ line: 2, column: 1 })
  })
})

describe('a line that begins with a keyword and goes on in words', () => {
  test.each([
    'EMIT test events and stop',
    'SEND direct message via pattern',
    'TERMINATE when all steps complete',
    'COLLECT results from all agents',
    'SPAWN child_agent WITH parent tracking via metadata',
  ])('is plain language where it is a sentence: %s', (line) => {
    expect(shapeOf(line)).toEqual([`ask: ${line}`])
  })

  test.each([
    'PROCESS data THROUGH stage_1',
    'CHECKPOINT results AS cleaned_data',
    'SPAWN helpers IN parallel',
    'COLLECT results ASYNCHRONOUSLY',
    'SPAWN {{n}} helpers WITH profiles',
    'SEND to everybody: "Hello"',
  ])('is plain language in a sketch, and a mistake elsewhere: %s', (line) => {
    expect(shapeOf(`THINK first\n${line}`)).toEqual(['ask: THINK first', `ask: ${line}`])
    expect(errorOf(`LOG 1\n${line}`)).toMatchObject({ line: 2 })
  })

  test('has its block run too', () => {
    expect(
      shapeOf(strategy`
        THINK first
        COLLECT moves WITH timeout:
          WAIT for moves
      `),
    ).toEqual(['ask: THINK first', { 'stage: COLLECT moves WITH timeout:': ['waitFor'] }])
  })

  test('an ASSERT in words is a check, and one with an expression stays exact', () => {
    const [, check, exact] = parseStrategy(strategy`
      THINK first
      ASSERT nobody was left out
      ASSERT n == 1
    `).statements
    expect(check).toMatchObject({ kind: 'check', text: 'nobody was left out' })
    expect(exact).toMatchObject({ kind: 'assert' })
  })

  test.each([
    [
      strategy`
        THINK first
        GATHER x FORM agents
      `,
      2,
      10,
      'Did you mean "FROM"?',
    ],
    [
      strategy`
        THINK first
        GATHER votes TO agents FROM x
      `,
      2,
      14,
      'GATHER responses FROM agents',
    ],
    [
      strategy`
        THINK first
        SEND hello there everybody TO agents
      `,
      2,
      6,
      'Write texts in quotes',
    ],
    [
      strategy`
        THINK first
        EMIT "round over" now
      `,
      2,
      6,
      'is not a valid expression',
    ],
    [
      strategy`
        THINK first
        GATHER votes
      `,
      2,
      13,
      'The form is',
    ],
    ['THINK first\nEMIT "x" WITH { n: 1 ', 2, 21, 'The form is'],
    [
      strategy`
        THINK first
        GATHER votes FROM agents:
          LOG 1
      `,
      2,
      25,
      '',
    ],
    [
      strategy`
        THINK first
        IF x = 3:
          BREAK
      `,
      2,
      6,
      'To compare, write ==',
    ],
    [
      strategy`
        THINK first
        WHEN x = 3:
          BREAK
      `,
      2,
      8,
      'To compare, write ==',
    ],
    [
      strategy`
        THINK first
        TRACK { typ: "x" }
      `,
      2,
      9,
      'Did you mean "type"?',
    ],
    [
      strategy`
        THINK first
        SPAWN { count: 2, }
        ON failur:
          LOG 1
      `,
      3,
      4,
      'ON failure:',
    ],
    [
      strategy`
        THINK first
        ON timeout:
          LOG 1
      `,
      2,
      4,
      'ON failure:',
    ],
  ])('is a mistake even in a sketch where it has what a statement has: %j', (text, line, column, hint) => {
    const error = errorOf(text)
    expect(error).toMatchObject({ line, column })
    expect(error.message).toContain(hint)
  })

  test.each([
    ['GATHR votes FROM agents', 'Did you mean "GATHER"?'],
    ['BRODCST "x" TO agents', 'Did you mean "BROADCAST"?'],
    ['TERMINTE agent', 'Did you mean "TERMINATE"?'],
    ['EMTI done', 'Did you mean "EMIT"?'],
    ['LET x = 3', 'Did you mean "SET"?'],
    ['BRAEK', 'Did you mean "BREAK"?'],
    ['Gather votes FROM agents', 'written in capitals: GATHER'],
    ['set x = 3', 'written in capitals: SET'],
    [
      strategy`
        for round IN 1..3:
          LOG 1
      `,
      'written in capitals: FOR',
    ],
    ['break', 'written in capitals: BREAK'],
  ])('is a misspelt one where the rest fits: %s', (text, hint) => {
    expect(errorOf(text).message).toContain(hint)
  })

  test.each([
    'ASSESS the balance',
    'PROCEED to the end',
    'GET the result FROM them',
    'Collect three opinions',
    'Wait and see',
    'PASS the test',
    'OMIT details',
    strategy`
      CAST votes:
        LOG 1
    `,
    'REFINE strategy',
    'INSERT item IN list',
    'WANT results',
    'THEN x > 3',
  ])('is not taken for a misspelt one where it is another word: %s', (line) => {
    const [head] = line.split('\n')
    expect(parseStrategy(line).statements[0]).toMatchObject({ text: head })
  })
})

describe('conditions', () => {
  test('in words are questions, also with a text in quotes', () => {
    const text = strategy`
      IF message CONTAINS "echo":
        LOG 1
      WHEN all is done:
        LOG 2
      CASE n > 3:
        LOG 3
    `
    expect(parseStrategy(text).statements).toMatchObject([
      { branches: [{ condition: { kind: 'judgement', text: 'message CONTAINS "echo"' } }] },
      { branches: [{ condition: { kind: 'judgement', text: 'all is done' } }] },
      { branches: [{ condition: { kind: 'expression', text: 'n > 3' } }] },
    ])
  })

  test('ON something: is a condition, and ON failure: the handler of what stands above', () => {
    const text = strategy`
      THINK first
      ON every_timeout:
        LOG 1
      LOG 2
      ON failure:
        LOG 3
    `
    expect(parseStrategy(text).statements).toMatchObject([{ kind: 'ask' }, { kind: 'if' }, { kind: 'guarded' }])
  })

  test('ELSIF is ELIF', () => {
    const [statement] = parseStrategy(strategy`
      IF a: LOG 1
      ELSIF b: LOG 2
      ELSEIF c: LOG 3
    `).statements
    expect(statement).toMatchObject({ branches: [{}, {}, {}] })
  })
})

test('what is read is printed so that it is read again', () => {
  const text = strategy`
    RUN the game:
        - fairly
        PLAY:
            FOR each round:
                LOG round
            ASSERT all are content
    WHEN done: LOG 1
    EMIT a:b TO all WITH n: 1
    SPAWN { count: 2 } AS two
    SET x = {{y}} OR 3
  `
  const printed = printStrategy(parseStrategy(text))
  expect(printStrategy(parseStrategy(printed))).toBe(printed)
})
