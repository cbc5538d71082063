import { describe, expect, test } from 'vitest'
import { parseStrategy, type PatternError } from '../../../src/strategy/index.ts'

/** The kind of each statement, with the text of those in plain language. */
const read = (text: string): string[] =>
  parseStrategy(text).statements.map((statement) => {
    const { kind, text: said } = statement as unknown as { kind: string; text?: string }
    return ['ask', 'stage', 'check'].includes(kind) ? `${kind}: ${said}` : kind
  })

function errorOf(text: string): PatternError {
  try {
    parseStrategy(text)
  } catch (error) {
    return error as PatternError
  }
  throw new Error('It was read.')
}

describe('a line of a list', () => {
  test('is a step where it is a statement, and said otherwise', () => {
    expect(read('THINK first\n- EMIT "x"\n* LOG 1\n- EMIT the news to all\n- x = 3')).toEqual([
      'ask: THINK first',
      'emit',
      'log',
      'ask: - EMIT the news to all',
      'ask: - x = 3',
    ])
  })
})

describe('words that begin statements and sentences alike', () => {
  test.each([
    ['QUERY all agents about it', 'ask: QUERY all agents about it'],
    ['DETERMINE the winner', 'ask: DETERMINE the winner'],
    ['CASE something else', 'ask: CASE something else'],
    ['WHEN all is done', 'ask: WHEN all is done'],
    ['ON "a:', 'ask: ON "a:'],
    ['ON', 'ask: ON'],
    ['IN x', 'ask: IN x'],
    ['GO on', 'ask: GO on'],
    ['DETERMINE x = 3', 'set'],
    ['QUERY { query_type: "agents" }', 'query'],
  ])('%s', (line, kind) => {
    expect(read(line)).toEqual([kind])
  })

  test.each([
    ['TRACK x = 3', 7, '"x" is not allowed here.'],
    ['TRACK {', 8, 'The line ends too early.'],
    ['WHEN x = 3:\n  BREAK', 8, '"=" is not allowed here.'],
  ])('go on as a statement does, with a mistake: %j', (text, column, problem) => {
    expect(errorOf(text)).toMatchObject({ line: 1, column, problem })
  })
})

describe('ON', () => {
  test.each(['failur', 'errors', 'timeout', 'timeouts'])(
    '%s: is no handler, also with its block on the line',
    (name) => {
      for (const block of ['\n  LOG 2', ' LOG 2'])
        expect(errorOf(`LOG 1\nON ${name}:${block}`)).toMatchObject({
          line: 2,
          column: 4,
          problem: `There is no handler for "${name}".`,
          hint: 'The form is: ON failure:. Inside the block, failure.kind is the kind of the failure.',
        })
    },
  )

  test('anything else is a condition, and a failure of something in words, too', () => {
    expect(parseStrategy('LOG 1\nON finished: LOG 2\nON failure of a call:\n  LOG 3').statements).toMatchObject([
      { kind: 'log' },
      { kind: 'if', branches: [{ condition: { kind: 'expression', text: 'finished' } }] },
      { kind: 'if', branches: [{ condition: { kind: 'judgement', text: 'failure of a call' } }] },
    ])
  })
})

describe('in a sketch, a line that begins with a keyword', () => {
  test.each([
    ["SEND it's all over to everybody", "ask: SEND it's all over to everybody"],
    ['ASSERT "hello" is said by everybody', 'check: "hello" is said by everybody'],
    ['GATHER votes:\n  - a', 'ask: GATHER votes:\n  - a'],
    ['COLLECT all votes:\n  LOG 1', 'stage: COLLECT all votes:'],
    ['SEND hello (dear friends) all of you', 'ask: SEND hello (dear friends) all of you'],
  ])('is said where it is a sentence: %j', (text, said) => {
    expect(read(`THINK first\n${text}`)).toEqual(['ask: THINK first', said])
  })

  test.each([
    ['SEND hello', 1, 'SEND needs a recipient.'],
    ['SEND hello =', 1, 'SEND needs a recipient.'],
    [
      'SEND "hello" to everybody',
      6,
      '""hello" to everybody" is not a valid expression: an operator is missing before "to".',
    ],
    [
      'SEND hello to everybody FORM ann',
      6,
      '"hello to everybody FORM ann" is not a valid expression: an operator is missing before "to".',
    ],
    ['SEND hello (dear friends all of you', 36, 'The line ends too early.'],
    [
      'SEND hello dear friends] all of you',
      6,
      '"hello dear friends" is not a valid expression: an operator is missing before "dear".',
    ],
    ['COLLECT all votes:', 9, '"all votes" is not a valid expression: an operator is missing before "votes".'],
    ['COLLECT x + 1:\n  LOG 1', 14, '":" is not allowed here.'],
  ])('is a mistake where it is none: %j', (text, column, problem) => {
    expect(errorOf(`THINK first\n${text}`)).toMatchObject({ line: 2, column, problem })
  })
})

describe('a word that is nearly a keyword', () => {
  const said = (meant: string): string =>
    `Did you mean "${meant}"? If the line is plain language for the model, start the line with another word.`

  test.each([
    ['EMT "done"', 'EMT', said('EMIT')],
    ['OMIT "done"', 'OMIT', said('EMIT')],
    ['GATTHER votes FROM agents', 'GATTHER', said('GATHER')],
    ['log x', 'log', undefined],
    [
      'log "x"',
      'log',
      'Statements are written in capitals: LOG. If the line is plain language for the model, start the line with another word.',
    ],
  ])('is one where the rest fits: %s', (line, word, hint) => {
    if (hint === undefined) expect(read(line)).toEqual([`ask: ${line}`])
    else expect(errorOf(line)).toMatchObject({ line: 1, column: 1, problem: `There is no statement "${word}".`, hint })
  })

  test.each(['OMIT details', 'LO x', 'PASS the test'])('is another word where it is not: %s', (line) => {
    expect(read(line)).toEqual([`ask: ${line}`])
  })
})

describe('an object over several lines', () => {
  const objectOf = (text: string): unknown =>
    (
      parseStrategy(text).statements[0] as unknown as {
        value: { entries: { name: string; value: { text: string } }[] }
      }
    ).value.entries.map(({ name, value }) => `${name}: ${value.text}`)

  test('needs no commas at the ends of its lines', () => {
    expect(objectOf('SET x = {\n  a: 1\n  "b": -2\n  c: x -\n    y\n  LOUD: 3,\n}')).toEqual([
      'a: 1',
      'b: -2',
      'c: x - y',
      'LOUD: 3',
    ])
  })

  test('needs them within a line', () => {
    expect(errorOf('SET x = { a: 1 b: 2 }').problem).toBe(
      '"1 b" is not a valid expression: an operator is missing before "b".',
    )
  })
})

describe('a value that is indented below WITH', () => {
  test.each([
    ['EMIT "a" WITH:\n  n: 1\n  "m": 2\n  SET: 3', 'EMIT "a" WITH { n: 1, "m": 2, SET: 3 }'],
    ['SPAWN helper WITH role: "a", context:\n  c: 1', 'SPAWN helper WITH role: "a", context: { c: 1 }'],
    ['GATHER x FROM agents WITH tasks:\n  - 1\n  - [2, 3]', 'GATHER x FROM agents WITH tasks: [1, [2, 3]]'],
    ['EMIT "a" WITH:\n  n:\n    m: 1\n  o: [\n    2\n  ]', 'EMIT "a" WITH { n: { m: 1 }, o: [2] }'],
  ])('is the same as on its line: %j', (below, beside) => {
    const shape = (text: string): unknown =>
      JSON.parse(
        JSON.stringify(parseStrategy(text).statements, (key, value: unknown) => (key === 'line' ? undefined : value)),
      )
    expect(shape(below)).toEqual(shape(beside))
  })

  test.each([
    ['EMIT "a" WITH:\n  n 1', '1:14'],
    ['EMIT "a" WITH:\n  - 1\n  n: 1', '1:14'],
    ['EMIT "a" WITH:\n  __proto__: 1', '1:14'],
  ])('is none where it has another form: %j', (text, place) => {
    const { line, column } = errorOf(text)
    expect(`${line}:${column}`).toBe(place)
  })
})
