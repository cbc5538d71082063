import { describe, expect, test } from 'vitest'
import { steadyNow } from '../../../src/clock/index.ts'
import { HANDLERS } from '../../../src/daemon/handlers/index.ts'
import { readParameters, type Parameter } from '../../../src/daemon/parameters.ts'
import { RefusedError } from '../../../src/daemon/protocol.ts'

const read = (value: unknown, parameter: Omit<Parameter, 'about'>): unknown =>
  readParameters('test:event', { given: { about: 'something', ...parameter } }, { given: value })['given']

describe('what a parameter is read as', () => {
  test.each([
    ['text', '42', '42'],
    ['text', 42, '42'],
    ['text', 'true', 'true'],
    ['number', '0.5', 0.5],
    ['number', '1e3', 1_000],
    ['integer', '7', 7],
    ['boolean', 'true', true],
    ['boolean', true, true],
    ['boolean', 'no', false],
    ['object', '{"max_rounds": 3}', { max_rounds: 3 }],
    ['object', { max_rounds: 3 }, { max_rounds: 3 }],
    ['texts', 'call.*', ['call.*']],
    ['texts', 'a, b', ['a', 'b']],
    ['texts', '["a","b"]', ['a', 'b']],
    ['texts', ['a'], ['a']],
    ['texts', '42', ['42']],
    ['time', '2026-01-01', Date.UTC(2026, 0, 1) / 1_000],
    ['time', '2026-01-01T12:00:00Z', Date.UTC(2026, 0, 1, 12) / 1_000],
    ['time', '1767225600', 1_767_225_600],
    ['time', 1_767_225_600.5, 1_767_225_600.5],
    ['duration', '300', 300_000],
    ['duration', '10m', 600_000],
    ['any', '42', '42'],
    ['any', '{"a": 1}', { a: 1 }],
    ['any', '{not json', '{not json'],
  ] as const)('%s %j is %j', (type, given, expected) => {
    expect(read(given, { type })).toEqual(expected)
  })

  test('how long ago is a time', () => {
    const since = read('10m', { type: 'time' }) as number
    expect(Math.abs(steadyNow() / 1_000 - 600 - since)).toBeLessThan(60)
  })

  test.each([
    ['text', '', 'Give a text'],
    ['text', true, 'Give a text'],
    ['text', ['a'], 'Give a text'],
    ['number', 'many', 'Give a number'],
    ['integer', '1.5', 'Give a whole number'],
    ['boolean', 'perhaps', 'Give true or false'],
    ['object', '[1]', 'Give an object'],
    ['object', 'x', 'Give an object'],
    ['texts', [1], 'Give a text, or a list of at most 100 texts'],
    ['time', 'yesterday', 'Give a date such as 2026-01-01'],
    ['time', '2026-13-99', 'Give a date'],
    ['duration', 'long', 'Give seconds'],
  ] as const)('%s %j is refused', (type, given, message) => {
    expect(() => read(given, { type })).toThrow(message)
  })

  test('limits of numbers are told', () => {
    const limits = { type: 'integer', least: 1, most: 10 } as const
    expect(read('10', limits)).toBe(10)
    expect(() => read('11', limits)).toThrow('given is "11". Give a whole number from 1 to 10.')
    expect(() => read(-1, { type: 'number', least: 0 })).toThrow('of at least 0')
  })

  test('what is left out, or null, has its default; what is needed is asked for', () => {
    const declared = {
      limit: { type: 'integer', about: 'most', default: 100 },
      pattern: { type: 'text', about: 'which', required: true },
    } as const
    expect(readParameters('e', declared, { pattern: 'x', limit: null })).toEqual({ pattern: 'x', limit: 100 })
    expect(() => readParameters('e', declared, {})).toThrow('e needs pattern: which.')
  })
})

/** The details of a refusal. */
function refused(work: () => unknown): RefusedError {
  try {
    work()
  } catch (error) {
    if (error instanceof RefusedError) return error
  }
  throw new Error('It was not refused.')
}

describe('an unknown parameter', () => {
  test('is refused with the nearest known one, or one of which it is a part', () => {
    const declared = {
      orchestration_id: { type: 'text', about: 'which' },
      dry_run: { type: 'boolean', about: '' },
    } as const
    const hint = (name: string): unknown =>
      refused(() => readParameters('e', declared, { [name]: 'x' })).details['hint']
    expect(hint('orchestration_ids')).toBe('Did you mean "orchestration_id"?')
    expect(hint('dryrun')).toBe('Did you mean "dry_run"?')
    expect(hint('id')).toBe('Did you mean "orchestration_id"?')
    expect(hint('colour')).toBe('There are: orchestration_id, dry_run.')
    expect(refused(() => readParameters('e', {}, { x: 1 })).details['hint']).toBe('This event has no parameters.')
  })

  test('of the protocol itself, which begins with _, is passed over', () => {
    expect(readParameters('e', {}, { _client_id: 'web' })).toEqual({})
  })

  test.each(Object.keys(HANDLERS).filter((name) => name !== 'orchestration:start'))('is refused by %s', (name) => {
    const { parameters } = HANDLERS[name]!
    expect(() => readParameters(name, parameters, { surely_unknown: 1 })).toThrow(
      `${name} has no parameter "surely_unknown".`,
    )
  })
})
