import type { Choice, HostedUse, Piece, Reply } from '../../../provider/index.ts'
import type { StreamEncoder } from '../../service.ts'
import {
  annotationsOf,
  callItem,
  contentPart,
  finishedBody,
  hasThought,
  hostedItem,
  messageItem,
  reasoningItem,
  responseBody,
  responseId,
  type OutputItem,
  type ResponsesAsked,
} from './output.ts'

// Source: https://platform.openai.com/docs/api-reference/responses-streaming.

/** Between `in_progress` and `completed`, what a tool of the service tells of its work. */
const WORK: Readonly<Record<string, readonly string[]>> = {
  web_search: ['in_progress', 'searching', 'completed'],
  file_search: ['in_progress', 'searching', 'completed'],
  code_interpreter: ['in_progress', 'interpreting', 'completed'],
  mcp: ['in_progress', 'completed'],
  image_generation: ['in_progress', 'generating', 'completed'],
}

/** One event of a stream. */
export const eventText = (type: string, sequence: number, fields: object): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequence, ...fields })}\n\n`

/** A stream of numbered events. */
export class ResponsesStream implements StreamEncoder {
  readonly #reply: Reply
  readonly #asked: ResponsesAsked
  readonly #choice: Choice
  #sequence: number
  /** Place of the item that is being sent. */
  #output = -1
  /** What has been said of it so far. */
  #said = ''
  #hasToldThoughts = false

  /** @param sequence number of the next event */
  constructor(reply: Reply, asked: ResponsesAsked, sequence = 0) {
    this.#sequence = sequence
    this.#reply = reply
    this.#asked = asked
    this.#choice = reply.choices[0]
  }

  #event(type: string, fields: object): string {
    return eventText(type, this.#sequence++, fields)
  }

  #added(item: OutputItem): string {
    this.#output += 1
    return this.#event('response.output_item.added', { output_index: this.#output, item })
  }

  #done(item: OutputItem): string {
    return this.#event('response.output_item.done', { output_index: this.#output, item })
  }

  head(): string {
    return this.#event('response.created', { response: this.#underWay() }) + this.begun()
  }

  /** The first event where the service has told of the response before. */
  begun(): string {
    return this.#event('response.in_progress', { response: this.#underWay() })
  }

  #underWay(): object {
    return responseBody(responseId(this.#reply, this.#asked), this.#asked, 'in_progress')
  }

  piece(piece: Piece): string {
    const before = piece.kind === 'reasoning' ? '' : this.#silentThoughts()
    if (piece.opens) this.#said = ''
    switch (piece.kind) {
      case 'reasoning':
        return this.#reasoning(piece)
      case 'hosted':
        return before + this.#hosted(piece.use)
      case 'text':
        return before + this.#text(piece)
      case 'tool':
        return before + this.#tool(piece)
      default:
        return piece satisfies never
    }
  }

  /** Thoughts of which nothing but their number is told come before all else. */
  #silentThoughts(): string {
    if (this.#hasToldThoughts || !hasThought(this.#choice)) return ''
    this.#hasToldThoughts = true
    const item = reasoningItem(this.#reply, this.#asked, undefined)
    return this.#added(item) + this.#done(item)
  }

  #reasoning({ opens, closes, text }: Extract<Piece, { kind: 'reasoning' }>): string {
    this.#hasToldThoughts = true
    const item = (told?: string): OutputItem => reasoningItem(this.#reply, this.#asked, told)
    const at = { item_id: item().id, output_index: this.#output + (opens ? 1 : 0), summary_index: 0 }
    const isTold = Boolean(this.#asked.request.reasoning?.summary)
    this.#said += text
    const part = (of: string): object => ({ part: { type: 'summary_text', text: of } })
    return (
      (opens ? this.#added(item()) : '') +
      (isTold
        ? (opens ? this.#event('response.reasoning_summary_part.added', { ...at, ...part('') }) : '') +
          this.#event('response.reasoning_summary_text.delta', { ...at, delta: text }) +
          (closes
            ? this.#event('response.reasoning_summary_text.done', { ...at, text: this.#said }) +
              this.#event('response.reasoning_summary_part.done', { ...at, ...part(this.#said) })
            : '')
        : '') +
      (closes ? this.#done(item(this.#said)) : '')
    )
  }

  #hosted(use: HostedUse): string {
    const begun = hostedItem(use, 'in_progress')
    const opened = this.#added(begun)
    const work = (WORK[use.kind] ?? []).map((state) =>
      this.#event(`response.${begun.type}.${state}`, { output_index: this.#output, item_id: begun.id }),
    )
    return opened + work.join('') + this.#done(hostedItem(use, 'completed'))
  }

  #text({ opens, closes, text }: Extract<Piece, { kind: 'text' }>): string {
    const refused = this.#choice.finish === 'refusal'
    const name = refused ? 'refusal' : 'output_text'
    const opened = opens ? this.#added(messageItem(this.#reply, [], 'in_progress')) : ''
    const at = { item_id: `msg_${this.#reply.id}`, output_index: this.#output, content_index: 0 }
    const more = refused ? {} : { logprobs: [] }
    this.#said += text
    const begun = opens ? this.#event('response.content_part.added', { ...at, part: contentPart(refused, '', []) }) : ''
    const change = this.#event(`response.${name}.delta`, { ...at, delta: text, ...more })
    if (!closes) return opened + begun + change
    const annotations = refused
      ? []
      : annotationsOf({ text: this.#said, ...(this.#choice.hosted && { hosted: this.#choice.hosted }) })
    const part = contentPart(refused, this.#said, annotations)
    return (
      opened +
      begun +
      change +
      annotations
        .map((annotation, index) =>
          this.#event('response.output_text.annotation.added', { ...at, annotation_index: index, annotation }),
        )
        .join('') +
      this.#event(`response.${name}.done`, {
        ...at,
        ...(refused ? { refusal: this.#said } : { text: this.#said, ...more }),
      }) +
      this.#event('response.content_part.done', { ...at, part }) +
      this.#done(
        messageItem(this.#reply, [part], this.#choice.toolCalls.length === 0 ? this.#endStatus() : 'completed'),
      )
    )
  }

  #tool({ opens, closes, call, tool, arguments: given }: Extract<Piece, { kind: 'tool' }>): string {
    const item = (of: string, status: 'in_progress' | 'completed' | 'incomplete'): OutputItem =>
      callItem(this.#reply, tool, call, of, status)
    const opened = opens ? this.#added(item('', 'in_progress')) : ''
    const at = { item_id: item('', 'in_progress').id, output_index: this.#output }
    const [name, field] = call.custom
      ? ['response.custom_tool_call_input', 'input']
      : ['response.function_call_arguments', 'arguments']
    this.#said += given
    const change = given === '' ? '' : this.#event(`${name}.delta`, { ...at, delta: given })
    if (!closes) return opened + change
    const status = tool === this.#choice.toolCalls.length - 1 ? this.#endStatus() : 'completed'
    return (
      opened +
      change +
      this.#event(`${name}.done`, { ...at, [field!]: this.#said }) +
      this.#done(item(this.#said, status))
    )
  }

  #endStatus(): 'completed' | 'incomplete' {
    const { finish } = this.#choice
    return finish === 'length' || finish === 'content_filter' ? 'incomplete' : 'completed'
  }

  tail(): string {
    const silent = this.#silentThoughts()
    const response = finishedBody(this.#reply, this.#asked)
    return silent + this.#event(`response.${response['status'] as string}`, { response })
  }

  /** Not in the reference, and sent while a model thinks for long. Source: https://github.com/openai/openai-node/issues/1964. */
  ping(): string {
    return this.#event('keepalive', {})
  }

  error(): string {
    const id = responseId(this.#reply, this.#asked)
    const message = 'An error occurred while processing your request. You can retry your request.'
    // Before there is a response, nothing of it can fail.
    if (this.#sequence === 0) return this.#event('error', { code: 'server_error', message, param: null })
    const response = {
      ...responseBody(id, this.#asked, 'failed'),
      error: { code: 'server_error', message },
    }
    return this.#event('response.failed', { response })
  }

  frame(data: string): string {
    return `event: response.output_text.delta\ndata: ${data}\n\n`
  }
}
