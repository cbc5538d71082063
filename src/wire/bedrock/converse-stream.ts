import type { Piece, ServiceError, Reply } from '../../provider/index.ts'
import type { StreamEncoder } from '../service.ts'
import { signatureOf, stopReasonOf, toolUseId, usageOf, type ConverseAsked } from './converse-answer.ts'
import { event, exceptionEvent, joined, rawEvent } from './frames.ts'

// Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html.

/** A stream of binary events. */
export class ConverseStream implements StreamEncoder {
  readonly #reply: Reply
  readonly #asked: ConverseAsked
  #index = -1

  constructor(reply: Reply, asked: ConverseAsked) {
    this.#reply = reply
    this.#asked = asked
  }

  #delta(delta: object): Uint8Array {
    return event('contentBlockDelta', { contentBlockIndex: this.#index, delta })
  }

  head(): Uint8Array {
    return event('messageStart', { role: 'assistant' })
  }

  piece(piece: Piece): Uint8Array {
    if (piece.kind === 'hosted') return new Uint8Array()
    if (piece.opens) this.#index += 1
    const parts: Uint8Array[] = []
    switch (piece.kind) {
      case 'reasoning':
        parts.push(this.#delta({ reasoningContent: { text: piece.text } }))
        if (piece.closes) parts.push(this.#delta({ reasoningContent: { signature: signatureOf(this.#reply) } }))
        break
      case 'text':
        parts.push(this.#delta({ text: piece.text }))
        break
      case 'tool':
        if (piece.opens) {
          const start = { toolUse: { toolUseId: toolUseId(piece.call), name: piece.call.name } }
          parts.push(event('contentBlockStart', { contentBlockIndex: this.#index, start }))
        }
        parts.push(this.#delta({ toolUse: { input: piece.arguments } }))
        break
      default:
        piece satisfies never
    }
    if (piece.closes) parts.push(event('contentBlockStop', { contentBlockIndex: this.#index }))
    return joined(parts)
  }

  tail(): Uint8Array {
    const [choice] = this.#reply.choices
    return joined([
      event('messageStop', { stopReason: stopReasonOf(choice, this.#asked) }),
      event('metadata', { usage: usageOf(this.#reply), metrics: { latencyMs: 0 }, ...this.#asked.echoed }),
    ])
  }

  error(refusal: ServiceError): Uint8Array {
    return exceptionEvent(refusal)
  }

  frame(data: string): Uint8Array {
    return rawEvent('contentBlockDelta', data)
  }
}
