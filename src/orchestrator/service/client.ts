import { CompletionError, kindOfStatus } from './failures.ts'
import { limitsOf, type ReportedLimit } from './limits.ts'
import { noAccess } from './no-access.ts'
import type { ServiceSettings } from './settings.ts'
import { serviceNow } from './service-clock.ts'

/** One message of a conversation. */
export interface ChatMessage {
  role: 'system' | 'user' | 'assistant'
  text: string
}

/** Tokens as the service has counted them. */
export interface ReportedUsage {
  input: number
  cachedInput: number
  cacheWrite: number
  output: number
}

/** What is asked of a service. */
export interface WireCall {
  model: string
  messages: readonly ChatMessage[]
  maxTokens: number
  agent: string
  /** Sent as `idempotency-key`: a service that knows such keys works only once for one of them. */
  key: string | undefined
}

/** What a service answers. */
export interface WireAnswer {
  text: string
  /** `length`: cut off at `maxTokens`. */
  finish: 'stop' | 'length' | 'refusal'
  usage: ReportedUsage
  /** What the account may still ask, where the service says it. */
  limit: ReportedLimit | undefined
}

interface Exchange {
  path: string
  headers: Record<string, string>
  body: object
  read(body: never): Omit<WireAnswer, 'limit'>
}

interface OpenAIBody {
  choices: { message: { content: string | null; refusal?: string | null }; finish_reason: string }[]
  usage: {
    prompt_tokens: number
    completion_tokens: number
    prompt_tokens_details?: { cached_tokens?: number }
  }
}

interface AnthropicBody {
  content: { type: string; text?: string }[]
  stop_reason: string
  usage: {
    input_tokens: number
    output_tokens: number
    cache_read_input_tokens?: number
    cache_creation_input_tokens?: number
  }
}

const finishOf = ({ message, finish_reason }: OpenAIBody['choices'][number]): WireAnswer['finish'] =>
  message.refusal || finish_reason === 'content_filter' ? 'refusal' : finish_reason === 'length' ? 'length' : 'stop'

const FORMATS: Readonly<Record<ServiceSettings['format'], (call: WireCall, key: string) => Exchange>> = {
  openai: ({ model, messages, maxTokens, agent }, key) => ({
    path: '/chat/completions',
    headers: { authorization: `Bearer ${key}` },
    body: {
      model,
      messages: messages.map(({ role, text }) => ({ role, content: text })),
      max_completion_tokens: maxTokens,
      user: agent,
    },
    read: ({ choices: [choice], usage }: OpenAIBody) => ({
      text: choice!.message.refusal ?? choice!.message.content ?? '',
      finish: finishOf(choice!),
      usage: {
        input: usage.prompt_tokens,
        cachedInput: usage.prompt_tokens_details?.cached_tokens ?? 0,
        cacheWrite: 0,
        output: usage.completion_tokens,
      },
    }),
  }),
  anthropic: ({ model, messages, maxTokens, agent }, key) => {
    const system = messages.filter(({ role }) => role === 'system').map(({ text }) => text)
    return {
      path: '/v1/messages',
      headers: { 'x-api-key': key, 'anthropic-version': '2023-06-01' },
      body: {
        model,
        max_tokens: maxTokens,
        ...(system.length > 0 && { system: system.join('\n\n') }),
        messages: messages.filter(({ role }) => role !== 'system').map(({ role, text }) => ({ role, content: text })),
        metadata: { user_id: agent },
      },
      read: ({ content, stop_reason, usage }: AnthropicBody) => {
        const cachedInput = usage.cache_read_input_tokens ?? 0
        const cacheWrite = usage.cache_creation_input_tokens ?? 0
        return {
          text: content.map(({ text }) => text ?? '').join(''),
          finish: stop_reason === 'refusal' ? 'refusal' : stop_reason === 'max_tokens' ? 'length' : 'stop',
          usage: {
            input: usage.input_tokens + cachedInput + cacheWrite,
            cachedInput,
            cacheWrite,
            output: usage.output_tokens,
          },
        }
      },
    }
  },
}

function retryAfterOf(headers: Headers): number | undefined {
  const precise = Number(headers.get('retry-after-ms') ?? Number.NaN)
  if (precise >= 0) return precise
  const given = headers.get('retry-after')
  if (given === null) return undefined
  const seconds = Number(given)
  const ms = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(given) - serviceNow(headers)
  return ms >= 0 ? ms : undefined
}

/** What the service's error says, or nothing. */
function errorMessage(body: string): string | undefined {
  try {
    const { error } = JSON.parse(body) as { error?: { message?: unknown } }
    return typeof error?.message === 'string' ? error.message : undefined
  } catch {
    return undefined
  }
}

const codeOf = (error: unknown): string => {
  const { cause, code = cause?.code } = (error ?? {}) as { code?: unknown; cause?: { code?: unknown } }
  return typeof code === 'string' ? code : error instanceof Error ? error.message : String(error)
}

/** Codes of connections that were never made: no service can have received the request, and billed it. */
const NEVER_MADE: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
])

/** Whether a connection was never made. Of an end of time (`ETIMEDOUT`) and the like, the system call tells. */
const wasNeverMade = (error: unknown): boolean =>
  NEVER_MADE.has(codeOf(error)) ||
  (error as { cause?: { syscall?: unknown } } | undefined)?.cause?.syscall === 'connect'

/** A text as the value of a header, which has no other letters than those of ASCII. */
const headerValue = (text: string): string =>
  text.replaceAll(/[^\x20-\x24\x26-\x7e]/g, (letter) => `%${letter.charCodeAt(0).toString(16)}`)

/** The body of a good answer, and its headers. Every other one is thrown. */
async function post(
  { baseURL, fetch: send = fetch }: ServiceSettings,
  { path, headers, body }: Pick<Exchange, 'path' | 'headers' | 'body'>,
  signal: AbortSignal,
  key?: string,
): Promise<{ text: string; headers: Headers }> {
  let response: Response
  try {
    response = await send(baseURL + path, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...headers,
        ...(key !== undefined && { 'idempotency-key': headerValue(key) }),
      },
      body: JSON.stringify(body),
      signal,
    })
  } catch (error) {
    signal.throwIfAborted()
    throw new CompletionError('connection', `The connection to the provider failed: ${codeOf(error)}.`, {
      mayBeBilled: !wasNeverMade(error),
      cause: error,
    })
  }
  let text: string
  try {
    text = await response.text()
  } catch (error) {
    signal.throwIfAborted()
    throw new CompletionError('connection', `The connection broke during the answer: ${codeOf(error)}.`, {
      mayBeBilled: true,
      cause: error,
    })
  }
  const { status } = response
  const retryAfterMs = retryAfterOf(response.headers)
  if (status === 200) return { text, headers: response.headers }
  const message = errorMessage(text)
  throw new CompletionError(kindOfStatus(status, message), message ?? `The provider answered with status ${status}.`, {
    status,
    retryAfterMs,
    noAccess: noAccess(status, text, retryAfterMs),
    limit: limitsOf(response.headers),
  })
}

/**
 * One request to a service, once, by the `fetch` of its settings.
 *
 * @throws CompletionError, or the signal's reason
 */
export async function requestCompletion(
  service: ServiceSettings,
  call: WireCall,
  signal: AbortSignal,
): Promise<WireAnswer> {
  const exchange = FORMATS[service.format](call, service.apiKey ?? 'longhaul')
  const { text, headers } = await post(service, exchange, signal, call.key)
  let answer: WireAnswer
  try {
    answer = { ...exchange.read(JSON.parse(text) as never), limit: limitsOf(headers) }
  } catch (error) {
    throw new CompletionError('bad_answer', 'The answer does not have the documented format of the provider.', {
      mayBeBilled: true,
      cause: error,
    })
  }
  return answer
}

/** Vectors of texts by OpenAI's embeddings. */
export async function embed(
  service: ServiceSettings,
  { model, input, agent }: { model: string; input: string; agent: string },
  signal: AbortSignal,
): Promise<{ vector: readonly number[]; inputTokens: number }> {
  const exchange = {
    path: '/embeddings',
    headers: { authorization: `Bearer ${service.apiKey ?? 'longhaul'}` },
    body: { model, input, encoding_format: 'float', user: agent },
  }
  const { text } = await post(service, exchange, signal)
  const { data, usage } = JSON.parse(text) as { data: { embedding: number[] }[]; usage: { prompt_tokens: number } }
  return { vector: data[0]!.embedding, inputTokens: usage.prompt_tokens }
}
