import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { problemOf, relaxed, type Shape } from '../../../src/wire/shape.ts'
import { SERVICES, ResourceStore, type Generation } from '../../../src/wire/index.ts'

const SHAPE: Shape = {
  type: 'object',
  fields: {
    model: { type: 'string', required: true, among: ['a', 'b'] },
    n: { type: 'integer', min: 1, max: 3 },
    list: {
      type: 'array',
      items: { type: 'tagged', tag: 'type', of: { text: { type: 'object', fields: {} } } },
      least: 1,
    },
  },
}

test.each([
  [{ model: 'c' }],
  [{ model: 'a', n: -1 }],
  [{ model: 'a', more: 1 }],
  [{ model: 'a', list: [] }],
  [{ model: 'a', list: [{ type: 'video' }, {}, { type: 'text', more: 1 }] }],
])('a relaxed shape lets %j through', (value) => {
  expect(problemOf(SHAPE, value)).toBeDefined()
  expect(problemOf(relaxed(SHAPE), value)).toBeUndefined()
})

test.each([[{}], [{ model: 3 }], [{ model: 'a', n: 'many' }], [{ model: 'a', list: [3] }], [3]])(
  'a relaxed shape refuses %j',
  (value) => {
    expect(problemOf(relaxed(SHAPE), value)).toEqual(problemOf(SHAPE, value))
  },
)

const generations = SERVICES.flatMap(({ name, endpoints }) =>
  endpoints.flatMap((endpoint) =>
    endpoint.kind === 'generation' ? [[`${name} ${endpoint.path}`, endpoint] as const] : [],
  ),
)
const parse = (generation: Generation, body: Record<string, unknown>, strict: boolean) =>
  generation.parse({
    provider: 'x',
    method: 'POST',
    params: { model: 'm', version: 'v1' },
    query: new URLSearchParams(),
    text: JSON.stringify(body),
    now: 0,
    resources: new ResourceStore(),
    id: () => 'id',
    body,
    strict,
    fingerprint: '',
    header: () => 'Bearer x',
  })

/** Anything, most often of the names that formats read. */
const anything = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, depthSize: 'small' },
    fc.constantFrom<unknown>(null, 1, -1, true, '', 'user', 'assistant', 'tool', 'text', 'tool_use', 'function'),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom(
        ...[
          'role',
          'content',
          'type',
          'text',
          'tool_calls',
          'id',
          'function',
          'name',
          'arguments',
          'input',
          'parameters',
        ],
        ...['tools', 'tool_choice', 'response_format', 'json_schema', 'schema', 'stop', 'n', 'metadata', 'system', 'x'],
      ),
      tie('value'),
      { maxKeys: 5, noNullPrototype: true },
    ),
  ),
})).value

describe.each(generations)('%s', (_, format) => {
  test.each([true, false])('any body is read or refused without throwing (strict: %s)', (strict) => {
    const body = fc.record({ messages: fc.array(anything, { maxLength: 3 }), more: anything })
    fc.assert(
      fc.property(body, ({ messages, more }) => {
        const fields = typeof more === 'object' && !Array.isArray(more) ? more : {}
        void parse(format, { ...fields, model: 'm', max_tokens: 1, input: 'x', messages }, strict)
      }),
      { numRuns: 500 },
    )
  })
})
