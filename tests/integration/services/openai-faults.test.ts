import OpenAI from 'openai'
import { expect } from 'vitest'
import { describeOrchestration, type Fault } from 'longhaul'

const client = new OpenAI({ apiKey: 'test', maxRetries: 0, timeout: 60_000, logLevel: 'off' })
const input = 'Name three colours.'

async function eventsOf(stream: AsyncIterable<unknown>): Promise<string> {
  const events: unknown[] = []
  for await (const event of stream) events.push(event)
  const last = events.at(-1) as { type?: string; choices?: { finish_reason: string | null }[] } | undefined
  return last?.type ?? `${last?.choices?.[0]?.finish_reason}`
}

/** The endpoints of OpenAI beside chat, each with what is told of an answer. */
const WAYS = {
  responses: async () => {
    const given = await client.responses.create({ model: 'gpt-4o', input })
    return typeof given === 'string' ? 'a page' : given.status!
  },
  'responses, streamed': async () => eventsOf(await client.responses.create({ model: 'gpt-4o', input, stream: true })),
  completions: async () => {
    const given = await client.completions.create({ model: 'gpt-3.5-turbo-instruct', prompt: input })
    return typeof given === 'string' ? 'a page' : given.choices[0]!.finish_reason
  },
  'completions, streamed': async () =>
    eventsOf(await client.completions.create({ model: 'gpt-3.5-turbo-instruct', prompt: input, stream: true })),
  embeddings: async () => {
    const given = await client.embeddings.create({ model: 'text-embedding-3-small', input, encoding_format: 'float' })
    return typeof given === 'string' ? 'a page' : `${given.data.length} vector`
  },
}
type Way = keyof typeof WAYS

/** What is told of an answer by each endpoint, whole and streamed. */
const answered = (responses: string, completions: string): Record<Way, RegExp> => ({
  responses: new RegExp(`^${responses}$`),
  'responses, streamed': new RegExp(`^response\\.${responses}$`),
  completions: new RegExp(`^${completions}$`),
  'completions, streamed': new RegExp(`^${completions}$`),
  embeddings: /^1 vector$/,
})
/** What is told where half of an answer comes: of a whole one, and of a stream. */
const half = (whole: RegExp, streams: Partial<Record<Way, RegExp>>): Record<Way, RegExp> => ({
  responses: whole,
  completions: whole,
  embeddings: whole,
  'responses, streamed': /^(TypeError|Error): terminated/,
  'completions, streamed': /^(TypeError|Error): terminated/,
  ...streams,
})
const overloaded = /^InternalServerError: 503/

/** What the SDK tells: the class of its error, or how the answer ended. */
const FAULTS: Readonly<Record<Fault, RegExp | Record<Way, RegExp>>> = {
  rate_limited: /^RateLimitError: 429 Rate limit reached/,
  overloaded,
  server_error: /^InternalServerError: 500/,
  bad_gateway: /^InternalServerError: 502/,
  hang: /^APIConnectionTimeoutError/,
  reset: /^APIConnectionError/,
  quota_exhausted: /^RateLimitError: 429 You exceeded/,
  unauthorized: /^AuthenticationError: 401/,
  model_retired: /^NotFoundError: 404/,
  prompt_filtered: /^BadRequestError: 400/,
  slow: answered('completed', 'stop'),
  refusal: answered('completed', 'stop'),
  empty: answered('completed', 'stop'),
  content_filter: answered('incomplete', 'content_filter'),
  max_tokens: answered('incomplete', 'length'),
  // The SDK takes a page for the answer, and finds nothing in it.
  html_page: {
    responses: /^TypeError: Cannot/,
    'responses, streamed': /^undefined$/,
    completions: /^a page$/,
    'completions, streamed': /^undefined$/,
    embeddings: /^a page$/,
  },
  reset_midway: half(/^TypeError: terminated/, {}),
  truncated: half(/^SyntaxError/, {
    'responses, streamed': /^response\.output_text\.delta$/,
    'completions, streamed': /^null$/,
  }),
  malformed_json: half(/^SyntaxError/, {
    'responses, streamed': /^SyntaxError/,
    'completions, streamed': /^SyntaxError/,
  }),
  stall: half(/^APIConnectionTimeoutError/, {}),
  connection_refused: /^APIConnectionError/,
  connection_timeout: /^APIConnectionTimeoutError/,
  dns_not_found: /^APIConnectionError/,
  dns_unavailable: /^APIConnectionError/,
  certificate_expired: /^APIConnectionError/,
  fragmented: answered('completed', 'stop'),
  stall_with_pings: half(/^APIConnectionTimeoutError/, {
    // Nothing but the client itself ends it.
    'responses, streamed': /^still waiting$/,
    'completions, streamed': /^still waiting$/,
  }),
  stream_error_first: half(overloaded, {
    'responses, streamed': /^APIError: An error occurred/,
    'completions, streamed': /^APIError/,
  }),
  stream_error: half(overloaded, { 'responses, streamed': /^response\.failed$/, 'completions, streamed': /^APIError/ }),
}

describeOrchestration(
  'every fault at the endpoints of OpenAI beside chat',
  {
    provider: { latency: '5s', replies: 'Red, then green, then blue, and after them whatever is left.' },
    checks: false,
    system: async ({ vars }) => (vars['work'] as () => Promise<unknown>)(),
  },
  (test) => {
    for (const [fault, told] of Object.entries(FAULTS))
      for (const [way, ask] of Object.entries(WAYS) as [Way, () => Promise<string>][])
        test(`${fault}: ${way}`, async ({ provider, sleep }) => {
          provider.failNext(1, fault as Fault)
          const asked = ask().catch((error: Error) => `${error.constructor.name}: ${error.message}`)
          const seen = await Promise.race([asked, sleep('1h').then(() => 'still waiting')])
          expect(seen).toMatch(told instanceof RegExp ? told : told[way])
        })
  },
)
