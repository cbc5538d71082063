import type { Answer, Choice, Piece, ServiceError, Reply, ToolCall } from '../../../provider/index.ts'
import { callId } from '../call-id.ts'
import type { RealtimeItem } from './client-events.ts'

/** How a response ends. */
export type ResponseEnd =
  | { status: 'completed' }
  | { status: 'incomplete'; details: { type: 'incomplete'; reason: 'max_output_tokens' | 'content_filter' } }
  | { status: 'failed'; details: { type: 'failed'; error: { type: string; code: string; message: string } } }
  | { status: 'cancelled'; details: { type: 'cancelled'; reason: 'client_cancelled' } }

/** Sends an event of a type, with these fields. */
export type Emit = (type: string, fields: object) => void

/** What a session wants to know of the items that a response brings. */
export interface Speaker {
  emit: Emit
  /** A new item has been begun. */
  added(item: RealtimeItem): void
  /** It is whole. */
  done(item: RealtimeItem): void
}

/** Tokens, as Realtime tells of them. */
const usageOf = ({ usage }: Reply, spoken: boolean): object => {
  const text = usage.input - usage.cachedInput
  return {
    total_tokens: usage.input + usage.output,
    input_tokens: usage.input,
    output_tokens: usage.output,
    input_token_details: {
      text_tokens: text + usage.cachedInput,
      audio_tokens: 0,
      image_tokens: 0,
      cached_tokens: usage.cachedInput,
      cached_tokens_details: { text_tokens: usage.cachedInput, audio_tokens: 0, image_tokens: 0 },
    },
    output_token_details: { text_tokens: spoken ? 0 : usage.output, audio_tokens: spoken ? usage.output : 0 },
  }
}

/** How a refusal is told at the end of a response. */
export function failureOf(refusal: ServiceError): ResponseEnd {
  const failed = (type: string, code: string, message: string): ResponseEnd => ({
    status: 'failed',
    details: { type: 'failed', error: { type, code, message } },
  })
  switch (refusal.kind) {
    case 'rate_limited':
      return failed('tokens', 'rate_limit_exceeded', 'Rate limit reached. Please try again later.')
    case 'request_too_large':
      return failed('tokens', 'rate_limit_exceeded', 'Request too large on tokens per min (TPM).')
    case 'quota_exhausted':
      return failed('insufficient_quota', 'insufficient_quota', 'You exceeded your current quota.')
    case 'unauthorized':
      return failed('invalid_request_error', 'invalid_api_key', 'Incorrect API key provided.')
    case 'model_not_found':
    case 'model_retired':
      return failed('invalid_request_error', 'model_not_found', `The model \`${refusal.model}\` does not exist.`)
    case 'context_length':
      return failed('invalid_request_error', 'context_length_exceeded', 'The conversation exceeds the context window.')
    case 'prompt_filtered':
      return failed('invalid_request_error', 'content_policy_violation', 'Your prompt was flagged.')
    case 'overloaded':
    case 'bad_gateway':
    case 'server_error':
      return failed('server_error', 'server_error', 'The server had an error while processing your request.')
    default:
      return refusal satisfies never
  }
}

/** Writes one answer of the model as events. */
export class SpokenAnswer {
  readonly id: string
  readonly output: RealtimeItem[] = []
  readonly #speaker: Speaker
  /** Whether it is spoken, which is told by its transcript alone. */
  readonly #aloud: boolean
  readonly #newId: () => string
  #item: RealtimeItem | undefined
  #said = ''

  constructor(id: string, speaker: Speaker, options: { aloud: boolean; newId: () => string }) {
    this.id = id
    this.#speaker = speaker
    this.#aloud = options.aloud
    this.#newId = options.newId
  }

  #at(): { response_id: string; item_id: string; output_index: number } {
    return { response_id: this.id, item_id: this.#item!.id, output_index: this.output.length }
  }

  #begin(item: RealtimeItem): void {
    this.#item = item
    this.#said = ''
    this.#speaker.emit('response.output_item.added', { response_id: this.id, output_index: this.output.length, item })
    this.#speaker.added(item)
  }

  #finish(item: RealtimeItem): void {
    this.#speaker.done(item)
    this.#speaker.emit('response.output_item.done', { response_id: this.id, output_index: this.output.length, item })
    this.output.push(item)
    this.#item = undefined
  }

  piece(piece: Piece): void {
    if (piece.kind === 'text') this.#text(piece)
    else if (piece.kind === 'tool') this.#tool(piece)
  }

  #part(text: string): { type: string; text?: string; transcript?: string } {
    return this.#aloud ? { type: 'output_audio', transcript: text } : { type: 'output_text', text }
  }

  #text({ opens, closes, text }: Extract<Piece, { kind: 'text' }>): void {
    const { emit } = this.#speaker
    const message = (status: string, content: RealtimeItem['content'] & object): RealtimeItem => ({
      id: this.#item?.id ?? `item_${this.#newId()}`,
      object: 'realtime.item',
      type: 'message',
      status,
      role: 'assistant',
      content,
    })
    if (opens) {
      this.#begin(message('in_progress', []))
      emit('response.content_part.added', { ...this.#at(), content_index: 0, part: this.#eventPart('') })
    }
    this.#said += text
    const at = { ...this.#at(), content_index: 0 }
    const name = this.#aloud ? 'response.output_audio_transcript' : 'response.output_text'
    emit(`${name}.delta`, { ...at, delta: text })
    if (!closes) return
    emit(`${name}.done`, { ...at, [this.#aloud ? 'transcript' : 'text']: this.#said })
    if (this.#aloud) emit('response.output_audio.done', at)
    emit('response.content_part.done', { ...at, part: this.#eventPart(this.#said) })
    this.#finish(message('completed', [this.#part(this.#said)]))
  }

  /** A part as the events of parts call it. */
  #eventPart(text: string): object {
    return this.#aloud ? { type: 'audio', transcript: text } : { type: 'text', text }
  }

  #tool({ opens, closes, call, arguments: given }: Extract<Piece, { kind: 'tool' }>): void {
    const { emit } = this.#speaker
    if (opens) this.#begin(this.#callItem(call, 'in_progress', ''))
    this.#said += given
    const at = { ...this.#at(), call_id: callId(call) }
    if (given !== '') emit('response.function_call_arguments.delta', { ...at, delta: given })
    if (!closes) return
    emit('response.function_call_arguments.done', { ...at, name: call.name, arguments: this.#said })
    this.#finish(this.#callItem(call, 'completed', this.#said))
  }

  #callItem(call: ToolCall, status: string, given: string): RealtimeItem {
    const id = this.#item?.id ?? `item_${this.#newId()}`
    return {
      id,
      object: 'realtime.item',
      type: 'function_call',
      status,
      call_id: callId(call),
      name: call.name,
      arguments: given,
    }
  }

  /** How an answer that is whole ends, and what it took. */
  endOf({ reply }: Extract<Answer, { kind: 'tail' }>): { end: ResponseEnd; usage: object } {
    return { end: endOf(reply.choices[0]), usage: usageOf(reply, this.#aloud) }
  }
}

function endOf({ finish }: Choice): ResponseEnd {
  if (finish !== 'length' && finish !== 'content_filter') return { status: 'completed' }
  const reason = finish === 'length' ? 'max_output_tokens' : 'content_filter'
  return { status: 'incomplete', details: { type: 'incomplete', reason } }
}
