import { describe, expect, test } from 'vitest'
import { parseStrategy, type PatternError } from '../../../src/strategy/index.ts'

function errorOf(text: string, options = {}): PatternError {
  try {
    parseStrategy(text, options)
  } catch (error) {
    return error as PatternError
  }
  throw new Error('It was read.')
}

const TOO_EARLY = 'The line ends too early.'
const NO_BLOCK = 'The block below this line is missing, or not indented.'
const SET = 'The form is: SET name = expression, or SET name[key] = expression'
const WAIT = 'The form is: WAIT 2 seconds, or WAIT for responses OR timeout'
const GATHER = 'The form is: GATHER responses FROM agents WITH timeout: 15s, at_least: 2'

describe('what stands where it should not is shown with its place, and with the form of the statement', () => {
  test.each<[string, string, string, string | undefined]>([
    ['ELSE:\n  LOG 1', '1:1', 'This ELSE has no IF.', 'Write it below an IF block, with the same indentation.'],
    [
      'LOG 1\nELIF x:\n  LOG 1',
      '2:1',
      'This ELIF has no IF.',
      'Write it below an IF block, with the same indentation.',
    ],
    [
      'ON failure:\n  LOG 1',
      '1:1',
      'This ON failure guards no statement.',
      'Write it below the statement that it guards, with the same indentation.',
    ],
    ['LOG 1\nON failure\n  LOG 2', '2:11', TOO_EARLY, 'The form is: ON failure:'],
    [
      'LOG 1\nON failur: LOG 2',
      '2:4',
      'There is no handler for "failur".',
      'The form is: ON failure:. Inside the block, failure.kind is the kind of the failure.',
    ],
    [
      'LOG 1\nON error:\n  LOG 2',
      '2:4',
      'There is no handler for "error".',
      'The form is: ON failure:. Inside the block, failure.kind is the kind of the failure.',
    ],
    ['IF x:\nLOG 1', '2:1', 'The line above needs a block here.', 'Indent the lines of the block.'],
    ['IF x:', '1:6', NO_BLOCK, 'Indent the lines of the block.'],
    ['IF x:\n  IF y:\nLOG 1', '2:8', NO_BLOCK, 'Indent the lines of the block.'],
    ['LOG 1\nON failure:', '2:12', NO_BLOCK, 'Indent the lines of the block.'],
    ['GATHER x FROM y WITH timeout:', '1:30', NO_BLOCK, GATHER],
    ['LOG 1\n  LOG 2', '2:3', 'This line is indented, but the line above does not start a block.', undefined],
    ['LOG', '1:4', TOO_EARLY, 'The form is: LOG "round over"'],
    ['LOG 1\nx =', '2:4', TOO_EARLY, SET],
    ['x = CALL f(1', '1:13', TOO_EARLY, SET],
    ['WAIT for x OR', '1:14', TOO_EARLY, WAIT],
    ['PARALLEL', '1:9', TOO_EARLY, 'The form is: PARALLEL:'],
    ['GATHER x FORM y', '1:10', '"FORM" is not allowed here.', `Did you mean "FROM"? ${GATHER}`],
    [
      'IF x: GATHER x FORM y',
      '1:16',
      '"FORM" is not allowed here.',
      `Did you mean "FROM"? The form is: IF len(responses) >= 2:`,
    ],
    ['RETRY 3 WITH backoff 2s:\n  LOG 1', '1:22', '"2s" is not allowed here.', 'The form is: RETRY 3:'],
    ['RETURN 1)', '1:9', '")" is not allowed here.', 'The form is: RETURN result'],
    ['SET 3 = x', '1:5', '"3" is not allowed here.', SET],
    [
      `CHECKPOINT "a" "${'b'.repeat(80)}"`,
      '1:16',
      `""${'b'.repeat(59)}" is not allowed here.`,
      'The form is: CHECKPOINT "after round"',
    ],
    ['LOG x = 3', '1:7', '"=" is not allowed here.', 'To compare, write ==. The form is: LOG "round over"'],
    ['IF a LOG 1', '1:6', '"LOG" is not allowed here.', 'The form is: IF len(responses) >= 2:'],
    [
      'QUERY { query_type: "agents" } TO x',
      '1:32',
      '"TO" is not allowed here.',
      'The form is: QUERY { query_type: "agents", filters: { role: "worker" } } AS workers',
    ],
    // Indentation.
    ['LOG 1\n  \tLOG 2', '2:3', 'A tab indents this line.', 'Indent with spaces.'],
    [
      '  IF a:\n      LOG 1\n    LOG 2',
      '3:5',
      'The indentation of this line matches no block.',
      'It has 2 spaces; the surrounding blocks have 0, 4.',
    ],
    [
      'IF a:\n    IF b:\n        LOG 1\n      LOG 2',
      '4:7',
      'The indentation of this line matches no block.',
      'It has 6 spaces; the surrounding blocks have 0, 4, 8.',
    ],
    // Names by which a prototype could be reached.
    ['LOG 1\nSET constructor = 3', '2:5', '"constructor" cannot be a name.', undefined],
  ])('%j', (text, place, problem, hint) => {
    const { line, column, ...error } = errorOf(text)
    expect([`${line}:${column}`, error.problem, error.hint]).toEqual([place, problem, hint])
  })
})

describe('a strategy is limited', () => {
  test.each<[string, (count: number) => string, number, string]>([
    [
      'so many characters',
      (count) => `LOG 1\n${'#'.repeat(count - 6)}`,
      256 * 1024,
      'The strategy has 262145 characters; at most 262144 are allowed.',
    ],
    ['so many lines', (count) => 'LOG 1\n'.repeat(count), 10_000, 'The strategy has more than 10000 lines.'],
    [
      'lines of so many characters',
      (count) => `THINK ${'x'.repeat(count - 6)}`,
      100_000,
      'This line has 100001 characters; at most 100000 are allowed.',
    ],
    [
      'brackets over so many lines',
      (count) => `RETURN [\n${'1,\n'.repeat(count - 1)}]`,
      1_000,
      'A bracket on this line is not closed within 1000 lines.',
    ],
    [
      'brackets in brackets',
      (count) => `SET x = ${'{ a: '.repeat(count)}1${' }'.repeat(count)}`,
      50,
      'Brackets are nested more than 50 deep.',
    ],
    [
      'blocks in blocks',
      (count) =>
        Array.from(
          { length: count },
          (_, depth) => `${' '.repeat(depth)}${depth === count - 1 ? 'LOG 1' : 'IF x:'}`,
        ).join('\n'),
      50,
      'Blocks are nested more than 50 deep.',
    ],
  ])('to %s', (_, text, most, problem) => {
    expect(parseStrategy(text(most)).statements.length).toBeGreaterThan(0)
    expect(errorOf(text(most + 1)).problem).toBe(problem)
  })
})

describe('an error of a strategy within a file', () => {
  const source = 'name: x\nstrategy: |\n    LOG 1\n    GATHER x FORM y\n'

  test('has the place in the file, and shows its line', () => {
    const error = errorOf('LOG 1\nGATHER x FORM y\n', { file: 'a.yaml', line: 3, indentation: 4, source })
    expect(error).toMatchObject({ file: 'a.yaml', line: 4, column: 14 })
    expect(error.message).toBe(
      [
        'a.yaml:4:14: "FORM" is not allowed here.',
        '  4 |     GATHER x FORM y',
        `${' '.repeat(19)}^`,
        `  Did you mean "FROM"? ${GATHER}`,
      ].join('\n'),
    )
  })

  test('shows of a long line what stands around the place', () => {
    const line = `LOG "${'a'.repeat(200)}" WITH ${'b'.repeat(100)}`
    const [, excerpt, caret] = errorOf(line).message.split('\n')
    expect(excerpt).toBe(`  1 | ${line.slice(88, 248)}`)
    expect(caret!.indexOf('^') - '  1 | '.length).toBe(line.indexOf('WITH') - 88)
  })
})

describe('a line goes on below it', () => {
  test.each([
    ['SET x = [\n  1,\n  2,\n]\nRETURN x', 2],
    ['x = CALL f(\n  1\n)', 1],
    ['SEND {\n  to: ann # to whom\n  message: "a"\n}', 1],
    ['LOG 1 # a (comment\nLOG 2', 2],
    ['# nothing\n\nLOG 1\n\n   # nothing\nLOG 2', 2],
  ])('where its brackets are not closed: %j', (text, statements) => {
    expect(parseStrategy(text).statements).toHaveLength(statements)
  })

  test('in plain language only where it ends with a bracket that is closed below', () => {
    const said = (text: string): unknown[] =>
      parseStrategy(text).statements.map(
        (statement) => (statement as unknown as { text?: string }).text ?? statement.kind,
      )
    expect(said('CONSIDER these {\n  a: 1\n}\nLOG 1')).toEqual(['CONSIDER these {\n  a: 1\n}', 'log'])
    expect(said('CONSIDER these (of all\nLOG 1')).toEqual(['CONSIDER these (of all', 'log'])
    expect(said('CONSIDER these {\nLOG 1')).toEqual(['CONSIDER these {', 'log'])
  })
})
