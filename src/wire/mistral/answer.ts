import type { Choice, Piece, Reply, ToolCall } from '../../provider/index.ts'
import type { StreamEncoder } from '../service.ts'

// Source: https://docs.mistral.ai/api/endpoint/chat (responses).

/** What an answer has to know of its request. */
export interface MistralAsked {
  stream: boolean
  /** What the client has put into the model's mouth, with which the answer begins. */
  prefix: string
}

const ID_LENGTH = 9

/** An id as Mistral's are: nine letters and digits. */
const toolId = ({ id }: Pick<ToolCall, 'id'>): string =>
  id
    .replaceAll(/[^a-zA-Z0-9]/g, '')
    .padStart(ID_LENGTH, '0')
    .slice(-ID_LENGTH)

const FINISH = {
  stop: 'stop',
  stop_sequence: 'stop',
  length: 'length',
  tool_calls: 'tool_calls',
  refusal: 'stop',
  content_filter: 'stop',
  pause: 'stop',
} as const satisfies Record<Choice['finish'], string>

/** Tokens, as Mistral tells of them. */
export const usageOf = ({ usage }: Pick<Reply, 'usage'>) => ({
  prompt_tokens: usage.input,
  completion_tokens: usage.output,
  total_tokens: usage.input + usage.output,
  prompt_tokens_details: { cached_tokens: usage.cachedInput },
})

const calledOf = (call: ToolCall, index: number) => ({
  id: toolId(call),
  type: 'function',
  function: { name: call.name, arguments: call.arguments },
  index,
})

const thought = (text: string) => ({ type: 'thinking', thinking: [{ type: 'text', text }] })

const envelope = (reply: Reply, object: string) => ({
  id: reply.id,
  object,
  created: Math.floor(reply.createdAt / 1_000),
  model: reply.model,
})

/** The whole answer. */
export const completionOf = (reply: Reply, { prefix }: MistralAsked): object => ({
  ...envelope(reply, 'chat.completion'),
  choices: reply.choices.map(({ reasoning, text, toolCalls, finish }, index) => ({
    index,
    message: {
      role: 'assistant',
      content: reasoning ? [thought(reasoning), { type: 'text', text: prefix + text }] : prefix + text,
      tool_calls: toolCalls.length > 0 ? toolCalls.map(calledOf) : null,
      prefix: false,
    },
    finish_reason: FINISH[finish],
  })),
  usage: usageOf(reply),
})

const frame = (data: string): string => `data: ${data}\n\n`

/** An answer as a stream of chunks, in which a call of a tool comes whole. */
export class MistralStream implements StreamEncoder {
  readonly #reply: Reply
  readonly #asked: MistralAsked

  constructor(reply: Reply, asked: MistralAsked) {
    this.#reply = reply
    this.#asked = asked
  }

  #chunk(index: number, delta: object, finish: string | null = null, usage?: object): string {
    const choices = [{ index, delta, finish_reason: finish }]
    const chunk = { ...envelope(this.#reply, 'chat.completion.chunk'), choices, ...(usage && { usage }) }
    return frame(JSON.stringify(chunk))
  }

  head(): string {
    const content = this.#asked.prefix
    return this.#reply.choices.map((_, index) => this.#chunk(index, { role: 'assistant', content })).join('')
  }

  piece(piece: Piece): string {
    switch (piece.kind) {
      case 'reasoning':
        return this.#chunk(piece.choice, { content: [thought(piece.text)] })
      case 'hosted':
        return ''
      case 'text':
        return this.#chunk(piece.choice, { content: piece.text })
      case 'tool':
        return piece.closes
          ? this.#chunk(piece.choice, { content: '', tool_calls: [calledOf(piece.call, piece.tool)] })
          : ''
      default:
        return piece satisfies never
    }
  }

  tail(): string {
    const { choices } = this.#reply
    const last = choices.length - 1
    const ends = choices.map(({ finish }, index) =>
      this.#chunk(index, { content: '' }, FINISH[finish], index === last ? usageOf(this.#reply) : undefined),
    )
    return ends.join('') + frame('[DONE]')
  }

  error(): string {
    return frame(
      JSON.stringify({ object: 'error', message: 'Service unavailable.', type: 'unreachable_backend', code: '1100' }),
    )
  }

  frame = frame
}
