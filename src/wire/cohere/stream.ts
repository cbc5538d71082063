import type { Piece, Reply } from '../../provider/index.ts'
import type { StreamEncoder } from '../service.ts'
import { calledOf, citationsOf, FINISH, isPlan, usageOf, type CohereAsked } from './answer.ts'

// Source: https://docs.cohere.com/docs/streaming.

const frame = (data: string, name = 'content-delta'): string => `event: ${name}\ndata: ${data}\n\n`
const event = (type: string, more: object = {}): string => frame(JSON.stringify({ type, ...more }), type)
/** An event that changes the message. */
const change = (type: string, index: number, message: object): string => event(type, { index, delta: { message } })

/** An answer as a stream of events. */
export class CohereStream implements StreamEncoder {
  readonly #reply: Reply
  readonly #asked: CohereAsked
  /** Number of the block of content that is open. */
  #index = -1

  constructor(reply: Reply, asked: CohereAsked) {
    this.#reply = reply
    this.#asked = asked
  }

  head(): string {
    const message = { role: 'assistant', content: [], tool_plan: '', tool_calls: [], citations: [] }
    return event('message-start', { id: this.#reply.id, delta: { message } })
  }

  piece(piece: Piece): string {
    switch (piece.kind) {
      case 'reasoning':
        return this.#content(piece, 'thinking')
      case 'hosted':
        return ''
      case 'text':
        return isPlan(this.#reply.choices[0])
          ? event('tool-plan-delta', { delta: { message: { tool_plan: piece.text } } })
          : this.#content(piece, 'text')
      case 'tool': {
        const { tool, call, opens, closes, arguments: given } = piece
        return (
          (opens ? change('tool-call-start', tool, { tool_calls: calledOf(call, '') }) : '') +
          change('tool-call-delta', tool, { tool_calls: { function: { arguments: given } } }) +
          (closes ? event('tool-call-end', { index: tool }) : '')
        )
      }
      default:
        return piece satisfies never
    }
  }

  #content({ text, opens, closes }: Extract<Piece, { text: string }>, kind: 'text' | 'thinking'): string {
    if (opens) this.#index += 1
    const index = this.#index
    return (
      (opens ? change('content-start', index, { content: { type: kind, [kind]: '' } }) : '') +
      change('content-delta', index, { content: { [kind]: text } }) +
      (closes ? event('content-end', { index }) + (kind === 'text' ? this.#citations() : '') : '')
    )
  }

  #citations(): string {
    return citationsOf(this.#reply.choices[0], this.#asked)
      .map(
        (citation, index) =>
          change('citation-start', index, { citations: citation }) + event('citation-end', { index }),
      )
      .join('')
  }

  tail(): string {
    const reply = this.#reply
    const delta = { finish_reason: FINISH[reply.choices[0].finish], usage: usageOf(reply) }
    return `${event('message-end', { id: reply.id, delta })}data: [DONE]\n\n`
  }

  error(): string {
    const delta = { error: 'the service is currently unavailable, please try again later', finish_reason: 'ERROR' }
    return event('message-end', { id: this.#reply.id, delta })
  }

  frame = frame
}
