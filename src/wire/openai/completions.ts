import type { CallRequest, Choice, Piece, Reply } from '../../provider/index.ts'
import { retryCountOf, type Generation, type StreamEncoder } from '../service.ts'
import { ANY, problemOf, shapeFor, type Shape } from '../shape.ts'
import { usageOf } from './chat/answer.ts'
import { invalid, isWithoutKey, openaiProblem } from './errors.ts'
import { chatHints } from './hints.ts'
import { answerHead } from './answer-head.ts'
import { errorFrame, frame } from './events.ts'

// Source: https://platform.openai.com/docs/api-reference/completions.

/** Prompts of one request, and all answers to them together. */
const MAX_PROMPTS = 2_048
const PASSED_ON = ['logit_bias', 'stream_options', 'suffix', 'logprobs']
const REQUEST: Shape = {
  type: 'object',
  fields: {
    model: { type: 'string', required: true },
    prompt: {
      type: 'either',
      of: [{ type: 'string' }, { type: 'array', items: ANY, least: 1, most: MAX_PROMPTS }],
    },
    best_of: { type: 'integer', min: 0, max: 20 },
    echo: { type: 'boolean' },
    frequency_penalty: { type: 'number', min: -2, max: 2 },
    presence_penalty: { type: 'number', min: -2, max: 2 },
    max_tokens: { type: 'integer', min: 0 },
    n: { type: 'integer', min: 1, max: 128 },
    seed: { type: 'integer' },
    stop: { type: 'either', of: [{ type: 'string' }, { type: 'array', items: { type: 'string' }, most: 4 }] },
    stream: { type: 'boolean' },
    temperature: { type: 'number', min: 0, max: 2 },
    top_p: { type: 'number', min: 0, max: 1 },
    user: { type: 'string' },
    ...Object.fromEntries(PASSED_ON.map((name) => [name, ANY])),
  },
}
/** Tokens where the request does not say. */
const USUAL_TOKENS = 16

interface CompletionsRequest {
  model: string
  prompt?: string | unknown[] | null
  echo?: boolean | null
  max_tokens?: number | null
  n?: number | null
  stop?: string | string[] | null
  stream?: boolean | null
  stream_options?: { include_usage?: boolean } | null
}

interface CompletionsAsked {
  stream: boolean
  streamUsage: boolean
  /** What is repeated before each answer; nothing where it is not asked for. */
  echoed: readonly string[]
}

const finishText = ({ finish }: Choice): string =>
  finish === 'length' || finish === 'content_filter' ? finish : 'stop'

/** Each prompt: texts, or tokens as numbers, of which only their number is known. */
function promptsIn(prompt: CompletionsRequest['prompt']): string[] {
  // Without a prompt, a model begins a document.
  if (prompt == null) return ['']
  if (typeof prompt === 'string') return [prompt]
  // One list of tokens is one prompt.
  if (prompt.every((part) => typeof part === 'number')) return [' token'.repeat(prompt.length)]
  return prompt.map((part) =>
    typeof part === 'string' ? part : ' token'.repeat(Array.isArray(part) ? part.length : 1),
  )
}

function body({ id, createdAt, model }: Reply, choices: readonly object[]): Record<string, unknown> {
  return {
    id: `cmpl-${id}`,
    object: 'text_completion',
    created: Math.floor(createdAt / 1_000),
    model,
    choices,
    system_fingerprint: 'fp_longhaul',
  }
}

class CompletionsStream implements StreamEncoder {
  readonly #reply: Reply
  readonly #asked: CompletionsAsked

  constructor(reply: Reply, asked: CompletionsAsked) {
    this.#reply = reply
    this.#asked = asked
  }

  #chunk(index: number, text: string, finish: string | null): string {
    const choice = { text, index, logprobs: null, finish_reason: finish }
    return frame(JSON.stringify({ ...body(this.#reply, [choice]), ...(this.#asked.streamUsage && { usage: null }) }))
  }

  head(): string {
    return this.#asked.echoed.map((text, index) => this.#chunk(index, text, null)).join('')
  }

  piece(piece: Piece): string {
    return piece.kind === 'text' ? this.#chunk(piece.choice, piece.text, null) : ''
  }

  tail(): string {
    const { choices } = this.#reply
    const ends = choices.map((choice, index) => this.#chunk(index, '', finishText(choice)))
    const usage = this.#asked.streamUsage
      ? frame(JSON.stringify({ ...body(this.#reply, []), usage: usageOf(this.#reply) }))
      : ''
    return `${ends.join('')}${usage}${frame('[DONE]')}`
  }

  error(): string {
    return errorFrame()
  }

  frame = frame
}

/** OpenAI Completions, as they were before chats. */
export const completions: Generation<CompletionsAsked> = {
  kind: 'generation',
  method: 'POST',
  path: '/completions',
  operation: 'completions',
  callerHints: chatHints,

  parse({ provider, body: given, strict, fingerprint, header }) {
    if (strict && isWithoutKey(header)) return { kind: 'unauthorized' }
    const problem = problemOf(shapeFor(REQUEST, strict), given)
    if (problem) return openaiProblem(problem)
    const request = given as unknown as CompletionsRequest
    const prompts = promptsIn(request.prompt)
    const each = Math.min(128, Math.max(1, request.n ?? 1))
    const choices = prompts.length * each
    if (choices > MAX_PROMPTS)
      return invalid(
        `Too many answers: ${prompts.length} prompts with ${each} each, and at most ${MAX_PROMPTS} are given.`,
        'n',
      )
    const stream = request.stream ?? false
    const { stop } = request
    const call: CallRequest = {
      provider,
      operation: completions.operation,
      model: request.model,
      messages: prompts.map((text) => ({ role: 'user', text, toolCalls: [], cacheBreakpoint: false })),
      tools: [],
      toolChoice: { kind: 'none' },
      responseSchema: undefined,
      stream,
      maxOutputTokens: Math.max(1, request.max_tokens ?? USUAL_TOKENS),
      stop: typeof stop === 'string' ? [stop] : (stop ?? []),
      choices,
      ...(prompts.length > 1 && { separate: true }),
      callerHints: chatHints(given),
      retryCount: retryCountOf(header),
      idempotencyKey: header('idempotency-key'),
      fingerprint,
    }
    const streamUsage = request.stream_options?.include_usage ?? false
    const echoed = request.echo
      ? Array.from({ length: choices }, (_, choice) => prompts[Math.floor(choice / each)]!)
      : []
    return { call, asked: { stream, streamUsage, echoed } }
  },

  head: answerHead,

  whole: (reply, { echoed }) =>
    JSON.stringify({
      ...body(
        reply,
        reply.choices.map((choice, index) => ({
          text: (echoed[index] ?? '') + choice.text,
          index,
          logprobs: null,
          finish_reason: finishText(choice),
        })),
      ),
      usage: usageOf(reply),
    }),

  stream: (reply, asked) => new CompletionsStream(reply, asked),
}
