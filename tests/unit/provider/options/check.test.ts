import { expect, test } from 'vitest'
import { InvalidProviderConfigError, type ProviderConfig } from '../../../../src/provider/index.ts'
import { uniform } from '../../../../src/provider/latency.ts'
import {
  above0,
  aFunction,
  count,
  duration,
  durationOf,
  factor,
  flag,
  latency,
  listOf,
  mapOf,
  mapOfKnown,
  oneOf,
  options,
  ordinal,
  share,
  text,
  weight,
  type Check,
} from '../../../../src/provider/options/check.ts'
import { provide } from '../provider-under-test.ts'

/** What is told of a set-up that cannot be. */
function refusal(config: unknown): string {
  try {
    provide(config as ProviderConfig).clock.stop()
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidProviderConfigError)
    expect(error).toMatchObject({ name: 'InvalidProviderConfigError', code: 'LONGHAUL_INVALID_PROVIDER' })
    return (error as Error).message
  }
  return ''
}

test.each<[unknown, string]>([
  [{ latencyScale: -1 }, 'Give a factor that is not negative, such as 0.5.'],
  [{ faults: { hang: -1 } }, 'Give a weight that is not negative, such as 1.'],
  [{ faults: { hang: 0 } }, 'Give one fault at least a weight above 0.'],
  [{ agents: 7 }, 'Give an object'],
  [{ services: { openai: { idempotency: 'yes' } } }, 'Give true or false.'],
  [{ identify: 'ann' }, 'Give a function.'],
  [
    { models: { own: { contextWindow: 0 } } },
    'Give the tokens of a prompt and its answer, as a whole number of at least 1.',
  ],
  [
    { models: { own: { prices: { input: -1, output: 1 } } } },
    'Give US dollars per million tokens, as a number that is not negative.',
  ],
  [
    { models: { own: { speed: { timeToFirstToken: 1, tokensPerSecond: 0 } } } },
    'Give tokens per second as a finite number above 0.',
  ],
  [{ replies: [{ content: 7, reply: 'x' }] }, 'Give a text that the newest message contains, or a pattern.'],
  [{ replies: [{ turn: 0, reply: 'x' }] }, 'Give 1 for the first turn, 2 for the second turn, and so on.'],
  [
    { windows: [{ fromMs: 'soon', forMs: 1, rate: 1, mix: {}, slowFactor: 1 }] },
    'provider.windows[0].fromMs is "soon"',
  ],
])('%j is refused with what to give', (config, message) => {
  expect(refusal(config)).toContain(message)
})

test.each<ProviderConfig>([
  { latencyScale: 0 },
  { faults: { hang: 0, reset: 1 } },
  { models: { own: { contextWindow: 1, prices: { input: 0, output: 0 } } } },
  { replies: [{ turn: 1, content: /x/, reply: 'x' }] },
  {
    models: {
      own: { prices: { input: { base: 1, tiers: [{ start: 0, price: 2 }] }, output: 0 } },
    },
  },
])('%j can be', (config) => {
  expect(refusal(config)).toBe('')
})

const INFINITE = Number.POSITIVE_INFINITY
const DURATION =
  "Give milliseconds as a number that is not negative, or a text with units, such as '250ms', '15s' or '1h30m'."
const LATENCY = "Give a duration, such as '8s', or lognormal(…), uniform(…), empirical(…) or never()."

/** A check, what it takes, and what it refuses with what is shown of it and what to give in its place. */
const CHECKS: [string, Check, readonly unknown[], readonly [unknown, string][], string][] = [
  [
    'a share',
    share,
    [0, 0.5, 1],
    [
      [-0.1, '-0.1'],
      [1.1, '1.1'],
      [Number.NaN, 'NaN'],
      ['1', '"1"'],
      [null, 'null'],
    ],
    'Give a share from 0 (none) to 1 (every call).',
  ],
  [
    'a factor',
    factor,
    [0, 0.5, 1e9],
    [
      [-1, '-1'],
      [INFINITE, 'Infinity'],
      [Number.NaN, 'NaN'],
      ['1', '"1"'],
    ],
    'Give a factor that is not negative, such as 0.5.',
  ],
  [
    'a weight',
    weight,
    [0, 0.5, 1e9],
    [
      [-1, '-1'],
      [INFINITE, 'Infinity'],
      [Number.NaN, 'NaN'],
      ['1', '"1"'],
    ],
    'Give a weight that is not negative, such as 1.',
  ],
  [
    'a text',
    text,
    ['x', ' '],
    [
      ['', '""'],
      [5, '5'],
      [undefined, 'undefined'],
    ],
    'Give a text that is not empty.',
  ],
  [
    'a flag',
    flag,
    [true, false],
    [
      [0, '0'],
      ['true', '"true"'],
      [null, 'null'],
    ],
    'Give true or false.',
  ],
  [
    'a function',
    aFunction,
    [() => {}],
    [
      [{}, 'an object'],
      ['f', '"f"'],
    ],
    'Give a function.',
  ],
  [
    'an ordinal',
    ordinal,
    [0, 7],
    [
      [-1, '-1'],
      [0.5, '0.5'],
      [INFINITE, 'Infinity'],
      ['1', '"1"'],
    ],
    'Give a whole number that is not negative.',
  ],
  [
    'a count',
    count,
    [1, 7, INFINITE],
    [
      [0, '0'],
      [1.5, '1.5'],
      [-INFINITE, '-Infinity'],
      ['1', '"1"'],
      [Number.NaN, 'NaN'],
    ],
    'Give a whole number of at least 1, or omit the option for no limit.',
  ],
  [
    'an amount above nothing',
    above0('tokens'),
    [0.5, 7],
    [
      [0, '0'],
      [-1, '-1'],
      [INFINITE, 'Infinity'],
      ['1', '"1"'],
      [Number.NaN, 'NaN'],
    ],
    'Give tokens as a finite number above 0.',
  ],
  [
    'a duration',
    duration,
    [0, 5, '250ms', '1h30m'],
    [
      [-1, '-1'],
      ['soon', '"soon"'],
      ['', '""'],
      ['5s 3', '"5s 3"'],
      [[], 'an empty list'],
      [[5], 'a list'],
    ],
    DURATION,
  ],
  [
    'a latency',
    latency,
    [0, '8s', uniform(1, 2)],
    [
      [-1, '-1'],
      ['soon', '"soon"'],
      [null, 'null'],
      [true, 'true'],
    ],
    DURATION,
  ],
  [
    'a latency that is no distribution',
    latency,
    [],
    [
      [{}, 'an object'],
      [{ quantile: 5 }, 'an object'],
      [() => 5, 'a function'],
    ],
    LATENCY,
  ],
  ['a latency without an end', latency, [], [[INFINITE, 'Infinity']], 'Give never() for answers that never arrive.'],
  [
    'one of some names',
    oneOf('a colour', ['red', 'blue']),
    ['red', 'blue'],
    [['rde', '"rde"']],
    'Give a colour. Did you mean "red"?',
  ],
  [
    'one of some names, and nothing like them',
    oneOf('a colour', ['red', 'blue']),
    [],
    [[5, '5']],
    'Give a colour. There are: red, blue.',
  ],
  [
    'options',
    options({ a: flag, b: flag }),
    [{}, { a: true }, { a: undefined }],
    [
      [5, '5'],
      [[], 'an empty list'],
      [null, 'null'],
    ],
    'Give an object with some of: a, b.',
  ],
  [
    'a map',
    mapOf(flag),
    [{}, { x: true, y: false }, { x: undefined }],
    [
      [5, '5'],
      [[5], 'a list'],
      [null, 'null'],
    ],
    'Give an object from names to values.',
  ],
  [
    'a map of known names',
    mapOfKnown('fault', ['a'], flag),
    [{}, { a: true }, { a: undefined }],
    [
      ['a', '"a"'],
      [[], 'an empty list'],
    ],
    'Give an object from fault to a value.',
  ],
  [
    'a list',
    listOf(flag),
    [[], [true, false]],
    [
      [{}, 'an object'],
      ['x', '"x"'],
      [undefined, 'undefined'],
    ],
    'Give a list.',
  ],
]

test.each(CHECKS)('%s', (_, check, taken, refused, give) => {
  for (const value of taken) expect(() => check(value, 'here')).not.toThrow()
  for (const [value, shown] of refused)
    expect(() => check(value, 'here')).toThrow(new InvalidProviderConfigError(`here is ${shown}. ${give}`))
})

test.each([
  ['500', 500],
  [' 1.5 ', 1.5],
])('a text of a number without a unit is told how to be one: %j', (given, ms) => {
  const meant = `A text needs a unit. For ${ms} milliseconds, give the number ${ms}.`
  expect(() => duration(given, 'here')).toThrow(
    new InvalidProviderConfigError(`here is "${given}". ${DURATION} ${meant}`),
  )
})

test('a duration is read in milliseconds', () => {
  expect([durationOf('1m', 'here'), durationOf(7, 'here')]).toEqual([60_000, 7])
})

test.each<[Check, unknown, string]>([
  [options({ a: flag, b: flag }, ['b']), { a: true }, 'here.b is missing. Set this option.'],
  [options({ alpha: flag }), { alhpa: true }, 'There is no option here.alhpa. Did you mean "alpha"?'],
  [options({ alpha: flag }), { toString: true }, 'There is no option here.toString. There is: alpha.'],
  [options({ a: flag }), { a: 5 }, 'here.a is 5. Give true or false.'],
  [mapOf(flag), { x: true, y: 5 }, 'here.y is 5. Give true or false.'],
  [listOf(flag), [true, 5], 'here[1] is 5. Give true or false.'],
  [listOf(options({ a: flag })), [{ a: 5 }], 'here[0].a is 5. Give true or false.'],
  [
    mapOfKnown('fault', ['hang', 'reset'], flag),
    { hagn: true },
    'here has "hagn", which is not a known fault. Did you mean "hang"?',
  ],
  [mapOfKnown('fault', ['hang'], flag), { hang: 5 }, 'here.hang is 5. Give true or false.'],
])('what stands within is told with its place', (check, value, message) => {
  expect(() => check(value, 'here')).toThrow(new InvalidProviderConfigError(message))
})
