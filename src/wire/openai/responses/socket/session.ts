import type { Answer, CallRequest } from '../../../../provider/index.ts'
import {
  badText,
  isBad,
  REFUSED_AS,
  type BadRequest,
  type LiveConnection,
  type LiveSession,
  type WireRequest,
} from '../../../service.ts'
import { problemOf } from '../../../shape.ts'
import { invalid, openaiErrors, openaiProblem } from '../../errors.ts'
import { chatHints } from '../../hints.ts'
import { create, finish, finishedResponse } from '../create.ts'
import { responseId, type ResponsesAsked } from '../output.ts'
import type { StoredResponse } from '../stored.ts'
import { ResponsesStream } from '../stream.ts'
import { CLIENT_EVENT, type ClientEvent } from './client-events.ts'
import { errorEvent } from './error-event.ts'
import { Lanes } from './lanes.ts'
import { Newest, type LaneName } from './newest.ts'
import { steerFailed, STEER_UNSIMULATED } from './steer.ts'
import { warmUp } from './warm-up.ts'

/** How long a connection may last. Milliseconds. */
const MAX_MS = 60 * 60_000
/** Close codes of WebSocket: all is well; a gateway before the service is out of order. */
const OVER = 1_000
const BAD_GATEWAY = 1_014

const LIMIT_REACHED = invalid(
  'Responses websocket connection limit reached (60 minutes). Create a new websocket connection to continue.',
  null,
  'websocket_connection_limit_reached',
)
const IN_BACKGROUND = invalid(
  "Unsupported parameter: 'background' is not supported over WebSocket.",
  'background',
  'unsupported_parameter',
)

/** A request that could not be read, whatever its shape. The words are those by HTTP. */
const UNREADABLE: BadRequest = {
  kind: 'invalid',
  message: 'The body contains values of wrong types.',
  param: null,
  code: null,
}

/** Fields that a request by HTTP does not have. */
const OF_SOCKET: ReadonlySet<string> = new Set(['type', 'stream_id', 'generate'])

/** Headers of the request to connect that are about no response. */
const OF_ONE: ReadonlySet<string> = new Set(['idempotency-key', 'x-stainless-retry-count'])

/** A response that is asked for. */
interface Asked {
  lane: LaneName
  /** The request as it would come by HTTP. */
  body: Record<string, unknown>
  /** Whether the model is to answer. */
  generate: boolean
  bytes: number
  /** Begins it in the name of who asks. */
  inName: (action: () => void) => void
}

/** One that is under way. */
interface Turn {
  lane: LaneName
  /** The response that it goes on with. */
  previous: string | undefined
  stop: () => void
  /** The id of the response, when the model has begun. */
  id?: string
  asked?: ResponsesAsked
  stream?: ResponsesStream
}

type CreateEvent = Extract<ClientEvent, { type: 'response.create' }>

/** The data of events as a stream by HTTP has them. */
const dataOf = (events: string): string[] =>
  events.split('\n\n').flatMap((event) => (event === '' ? [] : [event.slice(event.indexOf('\ndata: ') + 7)]))

/** A request as it is read. One that cannot be read is refused, and the connection stays open for the others. */
function parsedOf(wire: WireRequest): ReturnType<typeof create.parse> {
  try {
    return create.parse(wire)
  } catch {
    return UNREADABLE
  }
}

/** A connection of the Responses API: what is asked on one of its lanes is answered one after another. */
export class ResponsesSession implements LiveSession {
  readonly #wire: WireRequest
  readonly #connection: LiveConnection
  readonly #newest = new Newest()
  readonly #lanes = new Lanes<Asked>()
  readonly #underWay = new Map<LaneName, Turn>()
  #isOver = false

  constructor(wire: WireRequest, connection: LiveConnection) {
    this.#wire = wire
    this.#connection = connection
    connection.after(MAX_MS, () => {
      this.#send(this.#errorOf(LIMIT_REACHED), undefined)
      this.closed()
      connection.close(OVER, '')
    })
  }

  #send(event: object, lane: LaneName): void {
    this.#connection.send(JSON.stringify(lane === undefined ? event : { ...event, stream_id: lane }))
  }

  /** Sends the events of a stream, one a message. */
  #sendAll(events: string, lane: LaneName): void {
    for (const data of dataOf(events))
      this.#connection.send(lane === undefined ? data : `${data.slice(0, -1)},"stream_id":${JSON.stringify(lane)}}`)
  }

  #errorOf(problem: BadRequest): object {
    return errorEvent(openaiErrors.bad(problem, this.#wire.id()))
  }

  received(text: string): void {
    if (this.#isOver) return
    let event: unknown
    try {
      event = JSON.parse(text)
    } catch {
      return this.#refuseAtSight({ kind: 'not_json' })
    }
    const problem = problemOf(CLIENT_EVENT, event)
    if (problem) return this.#refuseAtSight(openaiProblem(problem))
    const known = event as ClientEvent
    if (known.type === 'response.create') return this.#take(known, text.length)
    const steered = [...this.#underWay.values()].find(({ id }) => id === known.previous_response_id)
    this.#connection.refused({ status: 501, reason: 'unsimulated', message: STEER_UNSIMULATED })
    this.#connection.soon(() => this.#send(steerFailed(known), steered?.lane))
  }

  /** Refuses an event that never gets its turn. */
  #refuseAtSight(problem: BadRequest, lane?: LaneName): void {
    const event = this.#errorOf(problem)
    const { status } = event as { status: number }
    this.#connection.refused({ status, reason: REFUSED_AS[problem.kind], message: badText(problem) })
    this.#connection.soon(() => this.#send(event, lane))
  }

  #take(event: CreateEvent, bytes: number): void {
    const { lane, problem } = this.#lanes.lane(event.stream_id)
    const fields = Object.entries(event).filter(([name]) => !OF_SOCKET.has(name))
    const body = { ...Object.fromEntries(fields), stream: true }
    const asked = { lane, body, generate: event.generate ?? true, bytes, inName: this.#connection.inName() }
    const wrong = problem ?? this.#lanes.add(asked)
    if (wrong) return this.#refuseAtSight(wrong, lane)
    this.#next()
  }

  closed(): void {
    this.#isOver = true
    this.#lanes.clear()
    for (const { stop } of this.#underWay.values()) stop()
    this.#underWay.clear()
  }

  /** Begins what has waited longest, on each lane that is free. */
  #next(): void {
    for (let next = this.#lanes.next(); next; next = this.#lanes.next()) {
      const asked = next
      asked.inName(() => this.#begin(asked))
    }
  }

  #begin({ lane, body, generate }: Asked): void {
    const { previous_response_id: previous } = body
    const turn: Turn = { lane, previous: typeof previous === 'string' ? previous : undefined, stop: () => {} }
    this.#underWay.set(lane, turn)
    const wire: WireRequest = {
      ...this.#wire,
      method: 'POST',
      body,
      now: this.#connection.now(),
      header: (name) => (OF_ONE.has(name) ? undefined : this.#wire.header(name)),
      resources: this.#newest.before(this.#wire.resources),
    }
    const parsed = body['background'] === true ? IN_BACKGROUND : parsedOf(wire)
    if (isBad(parsed)) return this.#refuse(turn, parsed, body)
    turn.asked = parsed.asked
    if (generate) turn.stop = this.#connection.generate(parsed.call, (part) => this.#hear(turn, part))
    else this.#warmUp(turn, parsed.call, parsed.asked)
  }

  #refuse(turn: Turn, problem: BadRequest, body: Readonly<Record<string, unknown>>): void {
    const event = this.#errorOf(problem)
    const { status } = event as { status: number }
    const model = typeof body['model'] === 'string' ? body['model'] : undefined
    const why = { status, reason: REFUSED_AS[problem.kind], message: badText(problem), callerHints: chatHints(body) }
    this.#connection.refused({ ...why, model })
    this.#connection.soon(() => this.#fail(turn, event))
  }

  /** Answers without the model: what is asked next goes on with it. */
  #warmUp(turn: Turn, { model, operation }: CallRequest, asked: ResponsesAsked): void {
    if (!this.#connection.hasModel(model)) {
      const request = { model, requestId: this.#wire.id() }
      const event = errorEvent(openaiErrors.refusal({ kind: 'model_not_found', model }, {}, request))
      this.#connection.refused({ status: 404, reason: 'invalid', message: `Nobody has the model ${model}.`, model })
      return this.#connection.soon(() => this.#fail(turn, event))
    }
    this.#connection.answered(`${operation}.warm_up`)
    this.#connection.soon(() => {
      const id = `resp_${this.#wire.id()}`
      const { events, response } = warmUp(id, asked, this.#connection.now())
      this.#complete(turn, id, response, events)
    })
  }

  #hear(turn: Turn, part: Answer): void {
    if (this.#underWay.get(turn.lane) !== turn) return
    switch (part.kind) {
      case 'refusal': {
        if (part.refusal.kind === 'bad_gateway') return this.#hangUp(BAD_GATEWAY, 'Bad gateway')
        const request = { model: part.model, requestId: this.#wire.id(), asked: turn.asked }
        return this.#fail(turn, errorEvent(openaiErrors.refusal(part.refusal, part.limits, request)))
      }
      case 'head':
        turn.id = responseId(part.reply, turn.asked!)
        turn.stream = new ResponsesStream(part.reply, turn.asked!)
        return this.#sendAll(turn.stream.head(), turn.lane)
      case 'piece':
        return this.#sendAll(turn.stream!.piece(part.piece), turn.lane)
      case 'tail': {
        if (part.damage !== undefined) return this.#break(turn, part.damage)
        const { reply } = part
        return this.#complete(turn, turn.id!, finishedResponse(reply, turn.asked!), turn.stream!.tail())
      }
      case 'reset':
        return this.#connection.cut()
      case 'whole':
        return part.damage === undefined ? this.#connection.cut() : this.#break(turn, part.damage)
      case 'ping':
        return undefined
      default:
        return part satisfies never
    }
  }

  #break(turn: Turn, damage: Extract<Answer, { kind: 'tail' }>['damage'] & string): void {
    switch (damage) {
      case 'stall':
        return undefined
      case 'malformed':
        this.#connection.send('{"type": "response.output_text.delta", "delta": "\u0000')
        // The connection goes on, and may be asked for the next response.
        return this.#failMidway(turn)
      case 'error_first': {
        const request = { model: turn.asked!.model, requestId: this.#wire.id(), asked: turn.asked }
        return this.#fail(turn, errorEvent(openaiErrors.refusal({ kind: 'overloaded', retryAfterMs: 0 }, {}, request)))
      }
      case 'error':
        return this.#failMidway(turn)
      case 'truncated':
        return this.#hangUp(OVER, '')
      case 'reset':
      case 'html':
        return this.#connection.cut()
      default:
        return damage satisfies never
    }
  }

  /** Closes the connection. What a client sends until it knows is not answered. */
  #hangUp(code: number, reason: string): void {
    this.#isOver = true
    this.#lanes.clear()
    this.#connection.close(code, reason)
  }

  #complete(turn: Turn, id: string, response: StoredResponse, events: string): void {
    finish(id, response, turn.asked!, this.#wire.resources)
    this.#newest.keep(turn.lane, id, response)
    this.#sendAll(events, turn.lane)
    this.#end(turn)
  }

  #fail(turn: Turn, event: object): void {
    this.#forgetPrevious(turn)
    this.#send(event, turn.lane)
    this.#end(turn)
  }

  #failMidway(turn: Turn): void {
    this.#forgetPrevious(turn)
    this.#sendAll(turn.stream!.error(), turn.lane)
    this.#end(turn)
  }

  #forgetPrevious({ lane, previous }: Turn): void {
    if (previous !== undefined) this.#newest.evict(lane, previous)
  }

  #end(turn: Turn): void {
    this.#underWay.delete(turn.lane)
    this.#lanes.leave(turn.lane)
    this.#next()
  }
}
