import type { Choice, Reply } from '../../provider/index.ts'
import type { MessagesAsked } from './asked.ts'

/** What stops are called. */
const STOP_REASONS = {
  stop: 'end_turn',
  stop_sequence: 'stop_sequence',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  refusal: 'refusal',
  content_filter: 'refusal',
  pause: 'pause_turn',
} as const

/** Containers are kept for thirty days after they were made. */
const CONTAINER_MS = 30 * 24 * 3_600_000

const hostedOf = ({ choices: [{ hosted }] }: Reply): NonNullable<Choice['hosted']> => hosted ?? []

/** Where the code of an answer was run. */
function containerOf(reply: Reply, { container }: MessagesAsked): object | null {
  if (container === undefined && !hostedOf(reply).some(({ kind }) => kind === 'code_interpreter')) return null
  return {
    id: container ?? `container_${reply.id}`,
    expires_at: new Date(reply.createdAt + CONTAINER_MS).toISOString(),
    skills: null,
  }
}

/** Why a model declines: to a client of a beta, also how it may ask another one. */
const refusalOf = ({ beta }: MessagesAsked) => ({
  type: 'refusal',
  category: null,
  explanation: null,
  ...(beta && { fallback_credit_token: null, fallback_has_prefill_claim: null, recommended_model: null }),
})

/** How an answer has stopped. */
export function stopOf(reply: Reply, asked: MessagesAsked) {
  const [{ finish, stopSequence }] = reply.choices
  const reason = STOP_REASONS[finish]
  return {
    stop_reason: reason,
    stop_sequence: stopSequence ?? null,
    stop_details: reason === 'refusal' ? refusalOf(asked) : null,
    container: containerOf(reply, asked),
  }
}

/** Tokens that are counted when an answer begins, and again when it ends. */
const inputOf = ({ usage }: Reply) => ({
  input_tokens: usage.input - usage.cachedInput - usage.cacheWrite,
  cache_creation_input_tokens: usage.cacheWrite,
  cache_read_input_tokens: usage.cachedInput,
})

/** What was generated, and by which means. */
function outputOf(reply: Reply, outputTokens: number) {
  const count = (kind: string): number => hostedOf(reply).filter((use) => use.kind === kind).length
  const searches = count('web_search')
  const fetches = count('web_fetch')
  return {
    output_tokens: outputTokens,
    output_tokens_details: reply.usage.reasoning > 0 ? { thinking_tokens: reply.usage.reasoning } : null,
    server_tool_use: searches + fetches > 0 ? { web_search_requests: searches, web_fetch_requests: fetches } : null,
  }
}

/** What a usage tells where a beta is announced. */
const betaUsageOf = ({ beta }: MessagesAsked) => beta && { iterations: null, fallback_credit: null }

/** The usage at the end of a stream. */
export const finalUsageOf = (reply: Reply, asked: MessagesAsked) => ({
  ...inputOf(reply),
  ...outputOf(reply, reply.usage.output),
  ...betaUsageOf(asked),
})

/** A usage in a message. */
export function usageOf(reply: Reply, asked: MessagesAsked, outputTokens = reply.usage.output) {
  const { cacheWrite } = reply.usage
  const { cachedForHours } = asked
  return {
    ...inputOf(reply),
    cache_creation: {
      ephemeral_5m_input_tokens: cachedForHours ? 0 : cacheWrite,
      ephemeral_1h_input_tokens: cachedForHours ? cacheWrite : 0,
    },
    ...outputOf(reply, outputTokens),
    service_tier: 'standard',
    inference_geo: null,
    speed: null,
    ...betaUsageOf(asked),
  }
}

/** A message around its content. */
export const messageOf = (reply: Reply, { beta }: MessagesAsked, content: readonly unknown[]) => ({
  id: `msg_${reply.id}`,
  type: 'message',
  role: 'assistant',
  model: reply.model,
  content,
  diagnostics: null,
  ...(beta && { context_management: null }),
})
