import { FAULT_NAMES } from '../faults/index.ts'
import { areRules } from '../reply-rules.ts'
import {
  above0,
  aFunction,
  count,
  duration,
  factor,
  flag,
  latency,
  listOf,
  mapOf,
  mapOfKnown,
  must,
  oneOf,
  options,
  ordinal,
  share,
  text,
  weight,
  type Check,
} from './check.ts'
import { refuseOption } from './invalid.ts'

/** The name of a fault. */
export const faultName = oneOf('the name of a fault', FAULT_NAMES)

const faultWeights = mapOfKnown('fault', FAULT_NAMES, weight)
/** Faults and their weights. */
export const faultMix: Check = (value, where) => {
  faultWeights(value, where)
  const weights = Object.values(value as Readonly<Record<string, number | undefined>>)
  if (weights.length > 0 && !weights.some((each = 0) => each > 0))
    refuseOption(where, 'a mix without any weight', 'Give one fault at least a weight above 0.')
}

const behaviour = { latency, failRate: share, faults: faultMix }

const rateLimits = options({
  requestsPerMinute: above0('requests per minute'),
  tokensPerMinute: above0('tokens per minute'),
  inputTokensPerMinute: above0('tokens per minute'),
  outputTokensPerMinute: above0('tokens per minute'),
  concurrentRequests: count,
})

const isPrice = (value: unknown): boolean => Number.isFinite(value) && (value as number) >= 0
const dollars = must(isPrice, 'Give US dollars per million tokens, as a number that is not negative.')
const tiers = listOf(options({ start: ordinal, price: dollars }, ['start', 'price']))
const tiered = options({ base: dollars, tiers }, ['base', 'tiers'])
const price: Check = (value, where) => (typeof value === 'object' ? tiered : dollars)(value, where)

const model = options({
  ...behaviour,
  contextWindow: must(
    (value) => Number.isInteger(value) && (value as number) >= 1,
    'Give the tokens of a prompt and its answer, as a whole number of at least 1.',
  ),
  prices: options({ input: price, cachedInput: price, cacheWrite: price, output: price }, ['input', 'output']),
  speed: options(
    {
      timeToFirstToken: latency,
      tokensPerSecond: above0('tokens per second'),
      prefillTokensPerSecond: above0('tokens per second'),
    },
    ['timeToFirstToken', 'tokensPerSecond'],
  ),
})

const baseURL: Check = (value, where) => {
  if (typeof value !== 'string' || !/^https?:$/.test(URL.parse(value)?.protocol ?? ''))
    refuseOption(where, value, 'Give whole URLs, such as http://localhost:1234/v1.')
}

const retryAfterFormat = oneOf('the form of retry-after', ['seconds', 'date'])

const service = options({
  ...behaviour,
  rateLimits,
  concurrency: count,
  idempotency: flag,
  retryAfterFormat,
  format: text,
  baseURLs: listOf(baseURL),
})

const spec = options({
  text: must((value) => typeof value === 'string', 'Give a text.'),
  json: () => {},
  toolCalls: listOf(
    options(
      {
        name: text,
        arguments: must((value) => typeof value === 'object' || typeof value === 'string', 'Give an object.'),
        id: text,
      },
      ['name'],
    ),
  ),
  reasoning: must((value) => typeof value === 'string', 'Give a text.'),
  hosted: listOf(
    options({ kind: text, name: text, query: must((value) => typeof value === 'string', 'Give a text.'), id: text }, [
      'kind',
    ]),
  ),
  refusal: flag,
  pause: flag,
  usage: options({ input: ordinal, cachedInput: ordinal, cacheWrite: ordinal, output: ordinal, reasoning: ordinal }),
})
const said: Check = (value, where) => {
  if (typeof value !== 'string') spec(value, where)
}
const saidEach = listOf(said)
const script: Check = (value, where) => {
  saidEach(value, where)
  if ((value as readonly unknown[]).length === 0) refuseOption(where, value, 'Give one answer or more.')
}
const sequence = options({ sequence: script, by: oneOf('the unit to count', ['call', 'conversation']) }, [
  'sequence',
  'by',
])
const isSequence = (value: unknown): boolean => typeof value === 'object' && value !== null && 'sequence' in value
const reply: Check = (value, where) => {
  if (typeof value === 'function') return
  const check = Array.isArray(value) ? script : isSequence(value) ? sequence : said
  check(value, where)
}

const rule = options(
  {
    agent: text,
    model: text,
    content: must(
      (value) => typeof value === 'string' || value instanceof RegExp,
      'Give a text that the newest message contains, or a pattern.',
    ),
    turn: must(
      (value) => Number.isInteger(value) && (value as number) >= 1,
      'Give 1 for the first turn, 2 for the second turn, and so on.',
    ),
    reply,
  },
  ['reply'],
)
const rules = listOf(rule)
const replies: Check = (value, where) => (areRules(value) ? rules : reply)(value, where)

const whose = { agent: text, model: text, service: text, provider: text }
const windowOfToday = options(
  { ...whose, from: duration, for: duration, every: duration, failRate: share, mix: faultMix, slow: factor },
  ['from', 'failRate'],
)
const formerWindow = options(
  { ...whose, fromMs: duration, forMs: duration, everyMs: duration, rate: share, mix: faultMix, slowFactor: factor },
  ['fromMs', 'forMs', 'rate', 'mix'],
)
const isFormer = (value: unknown): boolean => typeof value === 'object' && value !== null && 'fromMs' in value
const window: Check = (value, where) => (isFormer(value) ? formerWindow : windowOfToday)(value, where)

/** Everything that a user may set of a provider. */
export const providerOptions = options({
  ...behaviour,
  agents: mapOf(options({ ...behaviour, reply })),
  models: mapOf(model),
  services: mapOf(service),
  providers: mapOf(service),
  windows: listOf(window),
  bursts: options({ meanOn: duration, meanOff: duration, failRate: share }, ['meanOn', 'meanOff']),
  schedule: listOf(options({ agent: text, nth: ordinal, fault: faultName }, ['agent', 'nth', 'fault'])),
  retryAfter: duration,
  retryAfterFormat,
  slowFactor: factor,
  latencyScale: factor,
  rateLimits,
  concurrency: count,
  replies,
  identify: aFunction,
})

const times = must(
  (value) => value === Number.POSITIVE_INFINITY || (Number.isInteger(value) && (value as number) >= 0),
  'Give the number of calls as a whole number.',
)
const scope = options(whose)

/**
 * Checks what `failNext` is given.
 *
 * @throws InvalidProviderConfigError
 */
export function checkFailNext(count: unknown, fault: unknown, given: unknown): void {
  times(count, 'failNext: the number of calls')
  faultName(fault, 'failNext: the fault')
  scope(given, 'failNext: the scope')
}
