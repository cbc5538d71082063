import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Trace } from 'longhaul'
import { Provider } from '../../../src/provider/index.ts'
import { startSimulatedClock, type Clock } from '../../../src/clock/index.ts'
import { respond } from '../../../src/mount/response.ts'
import { addressesOf, routeOf } from '../../../src/mount/routes.ts'
import { KeyedRandom } from '../../../src/random/index.ts'

let clock: Clock
beforeEach(() => void (clock = startSimulatedClock({ mode: { kind: 'virtual' } })))
afterEach(() => clock.stop())

/** A value of a field: what it should be, what a vendor may take it for, and what it cannot be. */
const anything = fc.oneof(
  fc.constantFrom<unknown>(null, true, -1, 0, 1, 2, 1.5, 1e9, '', 'auto', 'user', [], {}, ['x'], [[]], [{}]),
  fc.constantFrom<unknown>([{ role: 'user', content: 'x' }], [{ role: 'tool', content: [{ type: 'x' }] }]),
  fc.constantFrom<unknown>([{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }]),
  fc.constantFrom<unknown>([{ name: 'f', input_schema: { type: 'object' } }], { type: 'function' }, { type: 'any' }),
  fc.constantFrom<unknown>({ type: 'json_schema', json_schema: { name: 'x', schema: { type: 'wrong' } } }),
)
const FIELDS = [
  'messages',
  'input',
  'model',
  'n',
  'max_tokens',
  'max_completion_tokens',
  'stop',
  'tools',
  'tool_choice',
]
const MORE = ['response_format', 'dimensions', 'encoding_format', 'stop_sequences', 'system', 'metadata', 'user', 'own']
const bodies = fc.dictionary(fc.constantFrom(...FIELDS, ...MORE), anything, { maxKeys: 2, noNullPrototype: true })

const PATHS = {
  openai: ['/v1/chat/completions', '/v1/embeddings'],
  anthropic: ['/v1/messages'],
}
const HOSTS = {
  openai: ['https://api.openai.com', 'https://openai.vendor.example'],
  anthropic: ['https://api.anthropic.com', 'https://anthropic.vendor.example'],
}
const URLS = (['openai', 'anthropic'] as const).flatMap((format) =>
  HOSTS[format].flatMap((host) => PATHS[format].map((path) => `${host}${path}`)),
)

describe.each(URLS)('%s', (url) => {
  test('answers or refuses whatever it is asked, and bills nothing that is not there', async () => {
    const trace = new Trace(() => clock.now())
    const provider = new Provider(
      {
        latency: '1s',
        models: { m: { prices: { input: 1, output: 1 } } },
        services: {
          open: { baseURLs: ['https://openai.vendor.example/v1'] },
          anthropical: { format: 'anthropic', baseURLs: ['https://anthropic.vendor.example'] },
        },
      },
      { clock, trace, random: new KeyedRandom(1) },
    )
    const route = routeOf('POST', url, addressesOf(provider))!
    const headers = new Headers({ authorization: 'Bearer x', 'anthropic-version': '2023-06-01' })
    const usual = { model: 'm', messages: [{ role: 'user', content: 'x' }], input: 'x', max_tokens: 50 }
    const names = url.includes('anthropic')
      ? ['input']
      : url.includes('embeddings')
        ? ['messages', 'max_tokens']
        : ['input']
    await clock.supervise(() =>
      fc.assert(
        fc.asyncProperty(bodies, fc.boolean(), async (own, stream) => {
          const body: Record<string, unknown> = { ...usual, ...(stream && { stream }), ...own }
          for (const name of names) if (!(name in own)) delete body[name]
          const request = { url, method: 'POST', headers, text: JSON.stringify(body), signal: undefined }
          const response = await respond(provider, route, request, () => new Error('broken'))
          await response.text()
          expect([200, 400, 404, 500]).toContain(response.status)
        }),
        { numRuns: 200 },
      ),
    )
    expect(provider.openCalls).toBe(0)
    for (const { usage } of trace.ofType('call.ended', 'call.failed'))
      for (const tokens of Object.values(usage)) expect(tokens).toBeGreaterThanOrEqual(0)
  })
})
