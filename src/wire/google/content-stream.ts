import type { Choice, Piece, ServiceError, Reply } from '../../provider/index.ts'
import type { ErrorFormat, StreamEncoder } from '../service.ts'
import { callPart, endOf, frameOf, lastPart, promptUsage, usageOf, type ContentAsked } from './answer-parts.ts'
import { codeParts } from './grounding.ts'

/** An answer in parts: events, or the elements of an array. */
export class ContentStream implements StreamEncoder {
  readonly #reply: Reply
  readonly #asked: ContentAsked
  readonly #errors: ErrorFormat
  #begun = false

  constructor(reply: Reply, asked: ContentAsked, errors: ErrorFormat) {
    this.#reply = reply
    this.#asked = asked
    this.#errors = errors
  }

  #parts(parts: readonly object[], index: number): string {
    if (parts.length === 0) return ''
    const promptUsageOnly = promptUsage(this.#reply, this.#asked)
    const body = {
      candidates: [{ content: { parts, role: 'model' }, index }],
      usageMetadata: { ...promptUsageOnly, totalTokenCount: this.#reply.usage.input },
      ...frameOf(this.#reply, this.#asked),
    }
    return this.frame(JSON.stringify(body))
  }

  head(): string {
    return ''
  }

  piece(piece: Piece): string {
    const choice = this.#reply.choices[piece.choice]!
    switch (piece.kind) {
      case 'reasoning':
        return this.#asked.thoughts ? this.#parts([{ text: piece.text, thought: true }], piece.choice) : ''
      case 'hosted':
        return this.#parts(codeParts(piece.use), piece.choice)
      case 'text':
        return this.#parts([{ text: piece.text }], piece.choice)
      case 'tool':
        // Calls come whole.
        return piece.closes ? this.#parts(callPart(this.#reply, choice, piece.call), piece.choice) : ''
      default:
        return piece satisfies never
    }
  }

  tail(): string {
    const last = (choice: Choice, index: number): object => ({
      ...(choice.finish !== 'content_filter' && {
        content: { parts: [lastPart(this.#reply, choice)], role: 'model' },
      }),
      ...endOf(choice),
      index,
    })
    const body = {
      candidates: this.#reply.choices.map(last),
      usageMetadata: usageOf(this.#reply, this.#asked),
      ...frameOf(this.#reply, this.#asked),
    }
    return this.frame(JSON.stringify(body)) + (this.#asked.frames === 'array' ? '\n]\n' : '')
  }

  error(refusal: ServiceError): string {
    const request = { model: this.#reply.model, requestId: this.#reply.id }
    const { body } = this.#errors.refusal(refusal, {}, request)
    return this.frame(JSON.stringify(JSON.parse(body as string))) + (this.#asked.frames === 'array' ? '\n]\n' : '')
  }

  frame(data: string): string {
    if (this.#asked.frames !== 'array') return `data: ${data}\r\n\r\n`
    const before = this.#begun ? ',\r\n' : '['
    this.#begun = true
    return `${before}${data}`
  }
}
