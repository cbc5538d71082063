import type { Choice, Piece, Reply } from '../../../provider/index.ts'
import type { StreamEncoder } from '../../service.ts'
import { calledOf, FINGERPRINT, finishOf, logprobs, usageOf, type ChatAsked } from './answer.ts'
import { errorFrame, frame } from '../events.ts'

const delta = (
  index: number,
  content: object,
  finish: string | null = null,
  chances: object | null = null,
): object[] => [{ index, delta: content, logprobs: chances, finish_reason: finish }]

/** Where a vendor's chunks are others than OpenAI's. */
export interface ChunkDialect {
  /** Changes a chunk before it is written. */
  chunk(chunk: Record<string, unknown>): object
  /** The field of a delta in which thoughts are told; nothing where they are not. */
  thoughts: string | undefined
}

/** A stream of chunks. */
export class ChatStream implements StreamEncoder {
  readonly #reply: Reply
  readonly #asked: ChatAsked
  readonly #dialect: ChunkDialect | undefined

  constructor(reply: Reply, asked: ChatAsked, dialect?: ChunkDialect) {
    this.#reply = reply
    this.#asked = asked
    this.#dialect = dialect
  }

  #chunk(choices: readonly unknown[], usage: unknown = null): string {
    const { id, createdAt, model } = this.#reply
    const body = {
      id: `chatcmpl-${id}`,
      object: 'chat.completion.chunk',
      created: Math.floor(createdAt / 1_000),
      model,
      service_tier: this.#asked.serviceTier,
      system_fingerprint: FINGERPRINT,
      choices,
      ...(this.#asked.streamUsage && { usage }),
    }
    return frame(JSON.stringify(this.#dialect ? this.#dialect.chunk(body) : body))
  }

  #each(write: (choice: Choice, index: number) => string): string {
    return this.#reply.choices.map(write).join('')
  }

  head(): string {
    return this.#each(({ text, toolCalls }, index) => {
      const content = toolCalls.length > 0 && text === '' ? null : ''
      return this.#chunk(delta(index, { role: 'assistant', content, refusal: null }))
    })
  }

  piece(piece: Piece): string {
    const { choice } = piece
    switch (piece.kind) {
      // OpenAI tells of thoughts in numbers alone.
      case 'reasoning': {
        const field = this.#dialect?.thoughts
        return field === undefined ? '' : this.#chunk(delta(choice, { [field]: piece.text }))
      }
      case 'hosted':
        return ''
      case 'text': {
        const refused = this.#reply.choices[choice]!.finish === 'refusal'
        return this.#chunk(
          delta(
            choice,
            { [refused ? 'refusal' : 'content']: piece.text },
            null,
            logprobs(piece.text, refused, this.#asked),
          ),
        )
      }
      case 'tool': {
        const { tool, call, opens, arguments: given } = piece
        if (this.#asked.functions)
          return tool > 0
            ? ''
            : this.#chunk(delta(choice, { function_call: { ...(opens && { name: call.name }), arguments: given } }))
        const called = opens
          ? { index: tool, ...calledOf(call, given) }
          : { index: tool, ...(call.custom ? { custom: { input: given } } : { function: { arguments: given } }) }
        return this.#chunk(delta(choice, { tool_calls: [called] }))
      }
      default:
        return piece satisfies never
    }
  }

  tail(): string {
    return (
      this.#each((choice, index) => this.#chunk(delta(index, {}, finishOf(choice, this.#asked)))) +
      (this.#asked.streamUsage ? this.#chunk([], usageOf(this.#reply)) : '') +
      frame('[DONE]')
    )
  }

  error(): string {
    return errorFrame()
  }

  frame = frame
}
