import type { Answer, ServiceError } from '../../../provider/index.ts'
import { Feed } from '../../feed.ts'
import { jsonResponse, type Detached, type WireRequest } from '../../service.ts'
import { commonHeaders } from '../errors.ts'
import { finishedBody, outputOf, responseBody, type ResponsesAsked } from './output.ts'
import type { Item } from './request.ts'
import { keepResponse, type StoredResponse } from './stored.ts'
import { eventText, ResponsesStream } from './stream.ts'

// Source: https://platform.openai.com/docs/guides/background.

/** What a response says that has failed after the service had taken it in. */
function errorOf(refusal: ServiceError | undefined): { code: string; message: string } {
  switch (refusal?.kind) {
    case 'rate_limited':
      return { code: 'rate_limit_exceeded', message: 'Rate limit reached.' }
    case 'request_too_large':
      return { code: 'rate_limit_exceeded', message: 'Request too large on tokens per min (TPM).' }
    case 'prompt_filtered':
      return {
        code: 'invalid_prompt',
        message: 'Invalid prompt: your prompt was flagged as potentially violating our usage policy.',
      }
    default:
      return {
        code: 'server_error',
        message: 'An error occurred while processing your request. You can retry your request.',
      }
  }
}

/** An answer that goes on whoever waits for it, and is fetched later. */
export class Background implements Detached {
  readonly #asked: ResponsesAsked
  readonly #wire: WireRequest
  readonly #stored: StoredResponse
  readonly #finish: (stored: StoredResponse) => void
  #stream: ResponsesStream | undefined

  /** @param finish is called with a response that has its answer */
  constructor(asked: ResponsesAsked, wire: WireRequest, finish: (stored: StoredResponse) => void) {
    this.#asked = asked
    this.#wire = wire
    this.#finish = finish
    this.#stored = {
      body: responseBody(asked.id!, asked, 'queued'),
      model: asked.model,
      before: asked.before,
      added: asked.added,
      output: [],
      stop: undefined,
      events: asked.stream ? new Feed() : undefined,
    }
    for (const state of ['created', 'queued']) this.#tell(`response.${state}`)
  }

  #tell(type: string): void {
    const { body, events } = this.#stored
    events?.write(eventText(type, events.length, { response: body }))
  }

  started(stop: () => void): void {
    this.#stored.stop = stop
  }

  accepted(): ReturnType<Detached['accepted']> {
    const { resources, id } = this.#wire
    const { body, events } = this.#stored
    keepResponse(resources, this.#asked.id!, this.#stored)
    const headers = commonHeaders(id(), {})
    if (events)
      return { feed: events, from: 0, headers: { 'content-type': 'text/event-stream; charset=utf-8', ...headers } }
    if (body.status === 'queued') this.#stored.body = { ...body, status: 'in_progress' }
    return jsonResponse(body, headers)
  }

  received(part: Answer): void {
    switch (part.kind) {
      case 'head':
        this.#stored.body = { ...this.#stored.body, status: 'in_progress' }
        this.#stream = new ResponsesStream(part.reply, this.#asked, this.#stored.events!.length)
        return this.#write(this.#stream.begun())
      case 'piece':
        return this.#write(this.#stream!.piece(part.piece))
      case 'tail':
      case 'whole':
        return part.damage === undefined ? this.#end(part) : this.#fail(undefined)
      case 'refusal':
        return this.#fail(part.refusal)
      case 'reset':
        return this.#fail(undefined)
      case 'ping':
        return undefined
      default:
        return part satisfies never
    }
  }

  #write(events: string): void {
    for (const event of events.split(/(?<=\n\n)/)) this.#stored.events?.write(event)
  }

  #end({ reply }: Extract<Answer, { kind: 'tail' | 'whole' }>): void {
    const stored = this.#stored
    stored.output = outputOf(reply, this.#asked) as unknown as readonly Item[]
    stored.body = finishedBody(reply, this.#asked)
    stored.stop = undefined
    if (this.#stream) this.#write(this.#stream.tail())
    this.#finish(stored)
    stored.events?.end()
  }

  #fail(refusal: ServiceError | undefined): void {
    const stored = this.#stored
    stored.body = { ...stored.body, status: 'failed', error: errorOf(refusal) }
    // What has stalled would stay under way for good.
    stored.stop?.()
    stored.stop = undefined
    this.#tell('response.failed')
    stored.events?.end()
  }
}
