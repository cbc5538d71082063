import { describe, expect, test } from 'vitest'
import { parseStrategy, printStrategy, type PatternError } from '../../../src/strategy/index.ts'
import { runStrategy } from '../../given/strategy-run.ts'

const waited = (duration: string, variables = {}): unknown => {
  const { requests, status } = runStrategy(`WAIT ${duration}`, variables)
  return requests.map((request) => (request.kind === 'sleep' ? request.ms : request.kind))[0] ?? status
}

describe('a duration in words', () => {
  test.each([
    ['2 ms', 2],
    ['2 millisecond', 2],
    ['250 milliseconds', 250],
    ['2 s', 2_000],
    ['2 sec', 2_000],
    ['2 secs', 2_000],
    ['1 second', 1_000],
    ['1.5 Seconds', 1_500],
    ['2 m', 120_000],
    ['2 min', 120_000],
    ['2 mins', 120_000],
    ['1 minute', 60_000],
    ['3 minutes', 180_000],
    ['2 h', 7_200_000],
    ['1 hour', 3_600_000],
    ['2 hours', 7_200_000],
    ['1 day', 86_400_000],
    ['2 d', 172_800_000],
    ['1m30s', 90_000],
    ['90', 90_000],
    ['"2m"', 120_000],
  ])('%s is %d ms', (duration, ms) => {
    expect(waited(duration)).toBe(ms)
  })

  test.each([
    ['n ms', 4],
    ['n seconds', 4_000],
    ['n minutes', 240_000],
    ['n hours', 14_400_000],
    ['n days', 345_600_000],
    ['n + 1 seconds', 5_000],
    ['(n + 1) minutes', 300_000],
    ['1e2 seconds', 100_000],
    ['1 + 2 seconds', 3_000],
    ['n', 4_000],
    // A unit alone is a variable.
    ['s', 7_000],
  ])('%s is reckoned: %d ms', (duration, ms) => {
    expect(waited(duration, { n: 4, s: 7 })).toBe(ms)
  })

  test.each([
    ['WAIT 10 seconds', 'WAIT 10s'],
    ['WAIT 1.5 hours', 'WAIT 1.5h'],
    ['WAIT n + 1 ms', 'WAIT (n + 1) / 1000'],
  ])('%s is printed as %s', (written, printed) => {
    expect(printStrategy(parseStrategy(written))).toBe(`${printed}\n`)
  })

  test('is shown where it goes wrong, as it was written', () => {
    expect(waited('1 +   nobody minutes', { n: 4 })).toEqual({
      kind: 'failed',
      failure: { kind: 'type', message: 'There is no variable "nobody". There is: n.', line: 1, column: 12 },
    })
  })
})

const errorOf = (text: string): PatternError => {
  try {
    parseStrategy(text)
  } catch (error) {
    return error as PatternError
  }
  throw new Error('It was read.')
}

describe('what is no expression is shown where it goes wrong', () => {
  test.each([
    ['RETURN hello  there', 8, '"hello there" is not a valid expression: an operator is missing before "there".'],
    ['RETURN "a = b" c', 8, '""a = b" c" is not a valid expression: an operator is missing before "c".'],
    ['RETURN 1  +', 12, '"1 +" is not a valid expression: the expression ends too early.'],
    ['LOG 1   2', 5, '"1 2" is not a valid expression: an operator is missing before "2".'],
    [
      'RETURN 1   +   rond(x)',
      16,
      '"1 + rond(x)" is not a valid expression: there is no function "rond". Did you mean "round"?',
    ],
  ])('%s', (text, column, problem) => {
    expect(errorOf(text)).toMatchObject({ name: 'PatternError', line: 1, column, problem })
  })

  test('also below the line on which it begins', () => {
    expect(errorOf('RETURN (1 +\n  rond(2))')).toMatchObject({ line: 2, column: 3 })
  })

  test.each([
    ['SET x = y = 3', 'To compare, write ==. The form is: SET name = expression, or SET name[key] = expression'],
    ['SET x = 1 + (y = 3)', 'To compare, write ==. The form is: SET name = expression, or SET name[key] = expression'],
    ['RETURN hello there', 'Write texts in quotes.'],
    ['RETURN "a = b" c', undefined],
  ])('%s, with what to do', (text, hint) => {
    expect(errorOf(text).hint).toBe(hint)
  })

  test('no more than two hundred letters of it', () => {
    const problem = (letters: number): string => errorOf(`RETURN ${'1'.repeat(letters - 2)} 2`).problem
    expect(problem(200)).toContain(`"${'1'.repeat(198)} 2" is not a valid expression`)
    expect(problem(201)).toContain(`"${'1'.repeat(199)} …" is not a valid expression`)
  })
})

test('a function that there is not is asked for in a sketch, and a mistake elsewhere', () => {
  const { requests } = runStrategy('THINK first\nSET x = fancy(1)')
  expect(requests).toMatchObject([
    { kind: 'ask' },
    { kind: 'value', text: expect.stringMatching(/SET x = fancy\(1\)/) as string },
  ])
  expect(errorOf('LOG 1\nSET x = fancy(1)').problem).toContain('there is no function "fancy"')
})

describe('a condition', () => {
  const condition = (text: string): unknown => {
    const [statement] = parseStrategy(`IF ${text}:\n  LOG 1`).statements as unknown as [
      { branches: { condition: { kind: string; text: string } }[] },
    ]
    const { kind, text: said } = statement.branches[0]!.condition
    return [kind, said]
  }

  test.each([
    ['rounds > 3', 'expression'],
    ['done', 'expression'],
    ['not done', 'expression'],
    ['a and b', 'expression'],
    ['x in list', 'expression'],
    ['answer.text == "yes"', 'expression'],
    ['everybody agrees', 'judgement'],
    ['the mood is good', 'judgement'],
    ["they don't agree", 'judgement'],
    ['the team’s mood hasn’t changed', 'judgement'],
    ["name == 's'", 'expression'],
    ['the answer says "yes"', 'judgement'],
    ['the reply.text sounds "good"', 'judgement'],
    ['len(votes) more than 3', 'judgement'],
  ])('%s is read as %s', (text, kind) => {
    expect(condition(text)).toEqual([kind, text])
  })

  test.each(['"yes" said', 'votes NOT "yes" enough', 'the sum > "x" y', '3 votes'])(
    '%s is no question in words',
    (text) => {
      expect(() => condition(text)).toThrow('is not a valid expression')
    },
  )

  test('in words is a mistake where plain language is', () => {
    expect(() => parseStrategy('IF everybody agrees:\n  LOG 1', { strict: true })).toThrow('is not a valid expression')
  })
})

describe('FOR each', () => {
  const asked = (text: string, variables = {}): unknown => {
    const { requests, status } = runStrategy(
      `${text}\n  COLLECT it_was INTO seen`,
      { it_was: 1, ...variables },
      () => ({
        ok: true,
        value: [],
      }),
    )
    return status.kind === 'completed' ? requests : status
  }

  test.each([
    'FOR each step:',
    'FOR every step:',
    'FOR all step:',
    'FOR EACH step:',
    'FOR each_step:',
    'FOR each next step:',
  ])('%s goes over the list of that name where there is one', (text) => {
    expect(asked(text, { steps: [1, 2] })).toEqual([])
    expect(asked(text)).toMatchObject([
      { kind: 'value', text: expect.stringContaining('Answer with a JSON list') as string },
    ])
  })

  test.each([
    ['FOR each step in plan:', { plan: [1, 2] }],
    ['FOR each step of plan:', { plan: [1, 2] }],
  ])('%s goes over what it names', (text, variables) => {
    expect(asked(text, variables)).toEqual([])
  })

  test('goes over what is asked for where it names that in several words', () => {
    expect(asked('FOR each step in the plan:', { plan: [1, 2] })).toMatchObject([
      { kind: 'value', text: 'FOR each step in the plan: which are they? Answer with a JSON list.' },
    ])
  })

  test.each(['FOR step:', 'FOR eachstep:', 'FOR each_:', 'FOR step in plan:', 'FOR in plan:', 'FOR each of plan:'])(
    '%s says over what it should go',
    (text) => {
      expect(errorOf(`${text}\n  LOG 1`)).toMatchObject({
        line: 1,
        column: 5,
        problem: `${text} names no list.`,
        hint: 'The form is: FOR round IN 1..10:, or FOR each step:, with a variable "steps" or with items that the orchestrating agent lists.',
      })
    },
  )

  test('says over what it goes where plain language is a mistake', () => {
    const read = (text: string): unknown => parseStrategy(`${text}\n  LOG 1`, { strict: true }).statements
    expect(() => read('FOR each step:')).toThrow('FOR each step: names no list.')
    expect(read('FOR each step in plan:')).toMatchObject([{ kind: 'for', name: 'step' }])
  })
})
