import { describe, expect, test } from 'vitest'
import { parseStrategy, type PatternError } from '../../../src/strategy/index.ts'
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
    ['n', 4_000],
  ])('%s is reckoned: %d ms', (duration, ms) => {
    expect(waited(duration, { n: 4 })).toBe(ms)
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
    ['SET x = y = 3', 'To compare, write =='],
    ['RETURN hello there', 'Write texts in quotes'],
    ['RETURN 1 +', undefined],
    ['RETURN (1', undefined],
    ['LOG 1 2', undefined],
  ])('%s', (text, hint) => {
    const error = errorOf(text)
    expect(error).toMatchObject({ name: 'PatternError', line: 1 })
    if (hint) expect(error.message).toContain(hint)
  })

  test('no more than two hundred letters of it', () => {
    const message = (length: number): string => errorOf(`RETURN ${'1 + '.repeat(length / 4)}`).message
    expect(message(200)).not.toContain('…" is not a valid expression')
    expect(message(400)).toContain(`"${'1 + '.repeat(50)}…" is not a valid expression`)
  })
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
  ])('%s is read as %s', (text, kind) => {
    expect(condition(text)).toEqual([kind, text])
  })

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

  test.each(['FOR step:', 'FOR eachstep:'])('%s says over what it should go', (text) => {
    expect(errorOf(`${text}\n  LOG 1`).message).toContain('names no list.')
  })
})
