import fc from 'fast-check'
import { HANDLERS } from '../../src/daemon/handlers/index.ts'

const nested = (levels: number, open: string, close: string): unknown =>
  JSON.parse(`${open.repeat(levels)}1${close.repeat(levels)}`) as unknown

/** Values that programs trip over. */
export const hostile: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: fc.jsonValue() },
  {
    weight: 6,
    arbitrary: fc.constantFrom<unknown>(
      { toString: 1, valueOf: 1 },
      { toJSON: 1, then: 1, length: -1, constructor: null },
      JSON.parse('{"__proto__": {"a": 1}, "hasOwnProperty": 1}'),
      { $ref: '0'.repeat(64), length: 1 },
      nested(60, '[', ']'),
      nested(60, '{"a":', '}'),
      null,
      [],
      {},
      '',
      ' ',
      '\u0000',
      '\ud800',
      '../../../../etc/passwd',
      '/etc/hostname',
      '*'.repeat(1_000),
      '%s%n{{x}}${x}',
      'x'.repeat(50_000),
      '💥'.repeat(10_000),
      `[${'['.repeat(5_000)}`,
      `${'['.repeat(5_000)}${']'.repeat(5_000)}`,
      1e308,
      -1e308,
      Number.MAX_SAFE_INTEGER + 2,
      -0,
      0.1 + 0.2,
      '1e999',
      '9'.repeat(500),
      Array.from({ length: 2_000 }, () => null),
      Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [`k${index}`, index])),
      true,
      'true',
      '{"a": [1, 2',
      "'; DROP TABLE runs; --",
    ),
  },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }) },
)

/** What would be right, or nearly. */
const RIGHT: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  text: fc.constantFrom(
    'a',
    'b',
    'thing',
    'orch_00000000',
    'orch_00000000_a',
    'session_recovery',
    '*',
    'system:health',
  ),
  number: fc.double({ noNaN: true }),
  integer: fc.integer(),
  boolean: fc.boolean(),
  object: fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 5 }),
  texts: fc.array(fc.string({ maxLength: 8 }), { maxLength: 5 }),
  time: fc.constantFrom<unknown>('10m', 0, '2026-01-01'),
  duration: fc.constantFrom<unknown>('10m', 1),
  any: fc.jsonValue({ maxDepth: 3 }),
}

/** Events that stop the daemon are no attack on it. */
const EVENTS = Object.keys(HANDLERS).filter((event) => event !== 'system:shutdown')

/** A request with the parameters of its event, each of which is right, hostile or left out. */
const request: fc.Arbitrary<unknown> = fc.constantFrom(...EVENTS).chain((event) =>
  fc
    .record(
      Object.fromEntries(
        Object.entries(HANDLERS[event]!.parameters).map(([name, { type }]) => [
          name,
          fc.oneof({ weight: 3, arbitrary: RIGHT[type]! }, { weight: 1, arbitrary: hostile }),
        ]),
      ),
      { requiredKeys: [] },
    )
    .chain((data) =>
      fc.record(
        {
          event: fc.constant(event),
          data: fc.oneof({ weight: 8, arbitrary: fc.constant(data) }, { weight: 1, arbitrary: hostile }),
          correlation_id: fc.oneof(
            { weight: 3, arbitrary: fc.string({ maxLength: 20 }) },
            { weight: 1, arbitrary: hostile },
          ),
          _client_id: hostile,
          more: hostile,
        },
        { requiredKeys: ['event'] },
      ),
    ),
)

const one = (value: unknown): string => JSON.stringify(value) ?? 'null'

/** A line as a client may send it: a request, anything as JSON, a part of one, or bytes. */
export const line: fc.Arbitrary<string> = fc
  .oneof(
    { weight: 12, arbitrary: request.map(one) },
    { weight: 1, arbitrary: fc.record({ event: hostile, data: hostile }, { requiredKeys: [] }).map(one) },
    { weight: 1, arbitrary: hostile.map(one) },
    { weight: 1, arbitrary: fc.tuple(request.map(one), fc.nat()).map(([text, at]) => text.slice(0, at % text.length)) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 300 }) },
  )
  .map((text) => text.replaceAll(/[\r\n]/g, ' '))
  .filter((text) => text.trim() !== '' && !text.includes('system:shutdown'))

/** A value with some of its parts replaced by hostile ones. */
export const broken = (base: unknown): fc.Arbitrary<unknown> =>
  fc.array(fc.tuple(fc.nat(), hostile), { minLength: 1, maxLength: 3 }).map((changes) => {
    const copy = { root: structuredClone(base) }
    for (const [at, value] of changes) {
      const places: [Record<string, unknown>, string][] = []
      const walk = (parent: Record<string, unknown>): void => {
        for (const [name, child] of Object.entries(parent)) {
          places.push([parent, name])
          if (typeof child === 'object' && child !== null) walk(child as Record<string, unknown>)
        }
      }
      walk(copy)
      const [parent, name] = places[at % Math.min(places.length, 200)]!
      parent[name] = structuredClone(value)
    }
    return copy.root
  })
