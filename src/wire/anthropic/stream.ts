import type { HostedUse, Piece, ServiceError, Reply } from '../../provider/index.ts'
import type { StreamEncoder } from '../service.ts'
import type { MessagesAsked } from './asked.ts'
import { calledOf, citedIn, isPausedIn, redactedOf, timeOf } from './content.ts'
import { finalUsageOf, messageOf, stopOf, usageOf } from './envelope.ts'
import { anthropicErrors } from './errors.ts'
import { hostedBlocks } from './hosted.ts'
import { signatureOf } from './signature.ts'

// Source: https://docs.anthropic.com/en/docs/build-with-claude/streaming.

/** The SDK reads the data of events that it knows by name alone. */
const frame = (data: string, name = 'content_block_delta'): string => `event: ${name}\ndata: ${data}\n\n`
const event = (data: { type: string } & Record<string, unknown>): string => frame(JSON.stringify(data), data.type)

/** An answer as a stream of events. Its blocks are numbered as they come: one of the provider's may be two here. */
export class MessagesStream implements StreamEncoder {
  readonly #reply: Reply
  readonly #asked: MessagesAsked
  #index = -1
  #thoughts = ''

  constructor(reply: Reply, asked: MessagesAsked) {
    this.#reply = reply
    this.#asked = asked
  }

  head(): string {
    const reply = this.#reply
    const message = {
      ...messageOf(reply, this.#asked, []),
      stop_reason: null,
      stop_sequence: null,
      stop_details: null,
      container: null,
      usage: usageOf(reply, this.#asked, Math.min(1, reply.usage.output)),
    }
    return event({ type: 'message_start', message }) + this.ping()
  }

  ping(): string {
    return event({ type: 'ping' })
  }

  piece(piece: Piece): string {
    switch (piece.kind) {
      case 'reasoning':
        return this.#thought(piece)
      case 'hosted':
        return this.#hosted(piece.use)
      case 'text':
        return this.#text(piece)
      case 'tool': {
        const { call } = piece
        const start = { ...calledOf(call), input: {} }
        const change = { type: 'input_json_delta', partial_json: piece.arguments }
        return (piece.opens ? this.#open(start) : '') + this.#delta(change) + (piece.closes ? this.#close() : '')
      }
      default:
        return piece satisfies never
    }
  }

  #open(block: object): string {
    this.#index += 1
    return event({ type: 'content_block_start', index: this.#index, content_block: block })
  }

  #delta(delta: object): string {
    return event({ type: 'content_block_delta', index: this.#index, delta })
  }

  #close(): string {
    return event({ type: 'content_block_stop', index: this.#index })
  }

  /** A block that comes as it is. */
  #whole(block: object): string {
    return this.#open(block) + this.#close()
  }

  #text({ text, opens, closes }: Extract<Piece, { kind: 'text' }>): string {
    const citations = closes ? citedIn(this.#reply.choices[0], this.#asked) : []
    return (
      (opens ? this.#open({ type: 'text', text: '', citations: null }) : '') +
      this.#delta({ type: 'text_delta', text }) +
      citations.map((citation) => this.#delta({ type: 'citations_delta', citation })).join('') +
      (closes ? this.#close() : '')
    )
  }

  #thought({ text, opens, closes }: Extract<Piece, { kind: 'reasoning' }>): string {
    const { thoughts, estimates } = this.#asked
    const estimate = estimates && { estimated_tokens: null }
    this.#thoughts += text
    if (thoughts === 'redacted') return closes ? this.#whole(redactedOf(this.#thoughts, this.#reply)) : ''
    const signature = (): string => signatureOf(this.#thoughts, this.#reply.id)
    return (
      (opens ? this.#open({ type: 'thinking', thinking: '', signature: '' }) : '') +
      (thoughts === 'shown' ? this.#delta({ type: 'thinking_delta', thinking: text, ...estimate }) : '') +
      (closes ? this.#delta({ type: 'signature_delta', signature: signature() }) + this.#close() : '')
    )
  }

  #hosted(one: HostedUse): string {
    const { use, result } = hostedBlocks(one, timeOf(this.#reply))
    return (
      this.#open({ ...use, input: {} }) +
      this.#delta({ type: 'input_json_delta', partial_json: JSON.stringify(use.input) }) +
      this.#close() +
      (isPausedIn(this.#reply.choices[0], one) ? '' : this.#whole(result))
    )
  }

  tail(): string {
    const reply = this.#reply
    const delta = stopOf(reply, this.#asked)
    const usage = finalUsageOf(reply, this.#asked)
    const managed = this.#asked.beta && { context_management: null }
    return event({ type: 'message_delta', delta, usage, ...managed }) + event({ type: 'message_stop' })
  }

  error(refusal: ServiceError): string {
    const { body } = anthropicErrors.refusal(refusal, {}, { model: this.#reply.model, requestId: this.#reply.id })
    return frame(body as string, 'error')
  }

  frame = frame
}
