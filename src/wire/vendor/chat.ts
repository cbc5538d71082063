import type { CallRequest, Choice, ReasoningRequest, Reply } from '../../provider/index.ts'
import { completionOf, type ChatAsked } from '../openai/chat/answer.ts'
import { brokenPairIn } from '../openai/chat/history.ts'
import { chat } from '../openai/chat/index.ts'
import type { ChatMessage } from '../openai/chat/request.ts'
import { ChatStream, type ChunkDialect } from '../openai/chat/stream.ts'
import { isWithoutKey } from '../openai/errors.ts'
import { isBad, type Generation, type StreamEncoder } from '../service.ts'
import { foundFor } from './found.ts'
import { headersOf } from './limits.ts'
import type { Told, Vendor } from './vendor.ts'

/** What an answer of a vendor has to know of its request. */
export interface VendorAsked extends ChatAsked {
  /** Whether the client wants to see what the model thought. */
  showsThoughts: boolean
}

type Fields = Readonly<Record<string, unknown>>

const record = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {})

/** Thoughts that are asked for in one of the ways of the vendors, or that the model has anyway. */
function reasoningOf(body: Fields, { thinks }: Vendor, model: string): ReasoningRequest | undefined {
  const { effort = body['reasoning_effort'], max_tokens: budget, enabled } = record(body['reasoning'])
  const { type, budget_tokens: own } = record(body['thinking'])
  if (effort === 'none' || enabled === false || type === 'disabled') return undefined
  const limit = typeof budget === 'number' ? budget : typeof own === 'number' ? own : undefined
  const wants = typeof effort === 'string' || limit !== undefined || enabled === true || type === 'enabled'
  if (!wants && !thinks?.test(model)) return undefined
  return {
    ...(typeof effort === 'string' && { effort }),
    ...(limit !== undefined && limit > 0 && { budget: limit }),
  }
}

const hidesThoughts = (body: Fields): boolean =>
  body['include_reasoning'] === false ||
  body['reasoning_format'] === 'hidden' ||
  record(body['reasoning'])['exclude'] === true

/** Whether the web is searched for an answer. */
const searches = (body: Fields, { alwaysSearches }: Vendor, model: string): boolean =>
  alwaysSearches === true ||
  model.endsWith(':online') ||
  Boolean(body['search_parameters']) ||
  (Array.isArray(body['plugins']) && body['plugins'].some((plugin) => record(plugin)['id'] === 'web'))

/** Ways to choose among those who serve a model, which are no part of its name. */
const ROUTING = /:(online|nitro|floor|exacto)$/

/** What the call of a vendor is beside that of OpenAI. */
function revise(call: CallRequest, body: Fields, vendor: Vendor): void {
  const { model } = call
  const reasoning = reasoningOf(body, vendor, model)
  if (reasoning) call.reasoning = reasoning
  if (searches(body, vendor, model) && !call.hosted) call.hosted = [{ kind: 'web_search', name: 'web_search' }]
  call.model = model.replace(ROUTING, '')
}

/** A refusal has no field of its own here: it is what the model says. */
const saidPlainly = (reply: Reply): Reply => {
  if (!reply.choices.some(({ finish }) => finish === 'refusal')) return reply
  const plain = (choice: Choice): Choice => (choice.finish === 'refusal' ? { ...choice, finish: 'stop' } : choice)
  const [first, ...others] = reply.choices
  return { ...reply, choices: [plain(first), ...others.map(plain)] }
}

/** A stream with what the vendor writes before it. */
class Preceded implements StreamEncoder {
  readonly #stream: StreamEncoder
  readonly #prelude: string
  constructor(stream: StreamEncoder, prelude: string) {
    this.#stream = stream
    this.#prelude = prelude
  }
  head = () => `${this.#prelude}${this.#stream.head() as string}`
  piece: StreamEncoder['piece'] = (piece) => this.#stream.piece(piece)
  tail = () => this.#stream.tail()
  error: StreamEncoder['error'] = (refusal) => this.#stream.error(refusal)
  ping = () => this.#prelude
  frame: StreamEncoder['frame'] = (data) => this.#stream.frame(data)
}

/** Chat completions in a vendor's accent. */
export function chatOf(vendor: Vendor): Generation<VendorAsked> {
  const { idPrefix = 'chatcmpl-', thoughts, limits: names } = vendor
  const told = (reply: Reply): Told => ({ reply, found: foundFor(reply) })
  const usageOf = (usage: unknown, of: Told): object => ({ ...record(usage), ...vendor.usage?.(of) })

  const dialectOf = (reply: Reply, { showsThoughts }: VendorAsked): ChunkDialect => {
    const of = told(reply)
    return {
      thoughts: showsThoughts ? thoughts : undefined,
      chunk({ usage, ...body }) {
        const isLast = (body['choices'] as { finish_reason?: unknown }[]).some(({ finish_reason: end }) => end != null)
        return {
          ...body,
          id: `${idPrefix}${reply.id}`,
          ...vendor.chunk?.(of),
          ...(isLast && vendor.answer?.(of)),
          ...(usage ? { usage: usageOf(usage, of) } : {}),
        }
      },
    }
  }

  return {
    ...chat,
    parse(wire) {
      if (!vendor.keyless && isWithoutKey(wire.header)) return { kind: 'unauthorized' }
      const parsed = chat.parse(wire)
      if (isBad(parsed)) return parsed
      const broken = vendor.keyless ? undefined : brokenPairIn(wire.body['messages'] as ChatMessage[])
      if (broken) return broken
      const { call, asked } = parsed
      revise(call, wire.body, vendor)
      const streamUsage = asked.streamUsage || (vendor.alwaysUsage ?? false)
      return { call, asked: { ...asked, streamUsage, showsThoughts: !hidesThoughts(wire.body) } }
    },

    head: (reply, limits, { stream }) => ({
      status: 200,
      headers: {
        'content-type': stream ? 'text/event-stream; charset=utf-8' : 'application/json',
        ...headersOf(reply.id, limits, names),
      },
    }),

    whole(given, asked) {
      const reply = saidPlainly(given)
      const of = told(reply)
      const { choices, usage, ...body } = completionOf(reply, asked) as {
        choices: { message: object }[]
        usage: object
      }
      const messageOf = (message: object, index: number): object => {
        const { reasoning } = reply.choices[index]!
        const shown = thoughts !== undefined && asked.showsThoughts && reasoning
        return { ...message, ...(shown && { [thoughts]: reasoning }), ...vendor.message?.(of) }
      }
      return JSON.stringify({
        ...body,
        id: `${idPrefix}${reply.id}`,
        choices: choices.map((choice, index) => ({ ...choice, message: messageOf(choice.message, index) })),
        usage: usageOf(usage, of),
        ...vendor.chunk?.(of),
        ...vendor.answer?.(of),
      })
    },

    stream(given, asked) {
      const reply = saidPlainly(given)
      const stream = new ChatStream(reply, asked, dialectOf(reply, asked))
      return vendor.prelude === undefined ? stream : new Preceded(stream, vendor.prelude)
    },
  }
}
