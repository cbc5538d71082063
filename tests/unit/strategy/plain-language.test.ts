import { describe, expect, test } from 'vitest'
import { parseStrategy, PatternError, printStrategy } from '../../../src/strategy/index.ts'

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
    expect(shapeOf('EXECUTE game_rounds:\n  FOR round IN 1..3:\n    LOG round')).toEqual([
      { 'stage: EXECUTE game_rounds:': [{ for: ['log'] }] },
    ])
  })

  test('may have further ones in its block, each with its own', () => {
    expect(shapeOf('RUN the game:\n  PLAY a round:\n    LOG 1\n  THANK everybody')).toEqual([
      { 'stage: RUN the game:': [{ 'stage: PLAY a round:': ['log'] }, 'ask: THANK everybody'] },
    ])
  })

  test('takes lists and entries of its block along, and runs the rest', () => {
    expect(
      shapeOf('RATE the players:\n  - by their moves\n  scale: 1 to 5\n  "best of": all\n  LOG 1\n  WRITE a report'),
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
    expect(shapeOf('PHASE 1: WARM UP\n  LOG 1\n  BREATHE deeply')).toEqual([
      { 'stage: PHASE 1: WARM UP': ['log', 'ask: BREATHE deeply'] },
    ])
  })

  test('without a colon and a statement goes on below', () => {
    expect(shapeOf('THINK about it\n  for a while\n  and say so')).toEqual([
      'ask: THINK about it\n  for a while\n  and say so',
    ])
  })

  test('runs statements that are items of its list', () => {
    expect(shapeOf('COUNT to two:\n  - EMIT "count" WITH { n: 1 }\n  - and rest')).toEqual([
      { 'stage: COUNT to two:\n  - and rest': ['emit'] },
    ])
  })

  test('may have brackets that are closed below', () => {
    expect(shapeOf('CONSIDER a fork WITH {\n  name: "b",\n  why: { gain: 2 }\n}\nLOG 1')).toEqual([
      'ask: CONSIDER a fork WITH {\n  name: "b",\n  why: { gain: 2 }\n}',
      'log',
    ])
  })

  test('loses a comment at its end, and keeps a number sign', () => {
    expect(shapeOf('NAME issue #1 # of the list\nQUOTE "a # b"')).toEqual(['ask: NAME issue #1', 'ask: QUOTE "a # b"'])
  })

  test('is an error in a strict pattern', () => {
    expect(errorOf('LOG 1\nEXECUTE game_rounds:\n  LOG 2', { strict: true })).toMatchObject({ line: 2, column: 1 })
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
    expect(shapeOf('THINK first\nCOLLECT moves WITH timeout:\n  WAIT for moves')).toEqual([
      'ask: THINK first',
      { 'stage: COLLECT moves WITH timeout:': ['waitFor'] },
    ])
  })

  test('an ASSERT in words is a check, and one with an expression stays exact', () => {
    const [, check, exact] = parseStrategy('THINK first\nASSERT nobody was left out\nASSERT n == 1').statements
    expect(check).toMatchObject({ kind: 'check', text: 'nobody was left out' })
    expect(exact).toMatchObject({ kind: 'assert' })
  })

  test.each([
    ['THINK first\nGATHER x FORM agents', 2, 10, 'Did you mean "FROM"?'],
    ['THINK first\nGATHER votes TO agents FROM x', 2, 14, 'GATHER responses FROM agents'],
    ['THINK first\nSEND hello there everybody TO agents', 2, 6, 'Write texts in quotes'],
    ['THINK first\nEMIT "round over" now', 2, 6, 'is not a valid expression'],
    ['THINK first\nGATHER votes', 2, 13, 'The form is'],
    ['THINK first\nEMIT "x" WITH { n: 1 ', 2, 21, 'The form is'],
    ['THINK first\nGATHER votes FROM agents:\n  LOG 1', 2, 25, ''],
    ['THINK first\nIF x = 3:\n  BREAK', 2, 6, 'To compare, write =='],
    ['THINK first\nWHEN x = 3:\n  BREAK', 2, 8, 'To compare, write =='],
    ['THINK first\nTRACK { typ: "x" }', 2, 9, 'Did you mean "type"?'],
    ['THINK first\nSPAWN { count: 2, }\nON failur:\n  LOG 1', 3, 4, 'ON failure:'],
    ['THINK first\nON timeout:\n  LOG 1', 2, 4, 'ON failure:'],
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
    ['for round IN 1..3:\n  LOG 1', 'written in capitals: FOR'],
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
    'CAST votes:\n  LOG 1',
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
    const text = 'IF message CONTAINS "echo":\n  LOG 1\nWHEN all is done:\n  LOG 2\nCASE n > 3:\n  LOG 3'
    expect(parseStrategy(text).statements).toMatchObject([
      { branches: [{ condition: { kind: 'judgement', text: 'message CONTAINS "echo"' } }] },
      { branches: [{ condition: { kind: 'judgement', text: 'all is done' } }] },
      { branches: [{ condition: { kind: 'expression', text: 'n > 3' } }] },
    ])
  })

  test('ON something: is a condition, and ON failure: the handler of what stands above', () => {
    const text = 'THINK first\nON every_timeout:\n  LOG 1\nLOG 2\nON failure:\n  LOG 3'
    expect(parseStrategy(text).statements).toMatchObject([{ kind: 'ask' }, { kind: 'if' }, { kind: 'guarded' }])
  })

  test('ELSIF is ELIF', () => {
    const [statement] = parseStrategy('IF a: LOG 1\nELSIF b: LOG 2\nELSEIF c: LOG 3').statements
    expect(statement).toMatchObject({ branches: [{}, {}, {}] })
  })
})

test('what is read is printed so that it is read again', () => {
  const text =
    'RUN the game:\n    - fairly\n    PLAY:\n        FOR each round:\n            LOG round\n        ASSERT all are content\nWHEN done: LOG 1\nEMIT a:b TO all WITH n: 1\nSPAWN { count: 2 } AS two\nSET x = {{y}} OR 3'
  const printed = printStrategy(parseStrategy(text))
  expect(printStrategy(parseStrategy(printed))).toBe(printed)
})
