import type { Socket } from 'node:net'
import { fitsPattern } from '../orchestrator/index.ts'
import { suggestion } from '../pattern/index.ts'
import { HANDLERS, type DaemonContext } from './handlers/index.ts'
import type { LoggedEvent } from './logged-event.ts'
import { withoutLong } from './page.ts'
import { answerTo, MAX_LINE, readRequest, refusal, RefusedError, type Request } from './protocol.ts'

/** Requests of one connection that wait for their answer; more of them stop the reading. */
const MOST_WAITING = 100
/** What a client has not read; above it events are left out, and its requests are not read. Bytes. */
const MOST_UNREAD = 4 * MAX_LINE
/** Events that wait for an answer; more of them are left out. */
const MOST_HELD = 10_000

/** One client: requests are answered in their order, events that it has subscribed to come between. */
export class Connection {
  readonly #socket: Socket
  readonly #context: Omit<DaemonContext, 'subscribe'>
  #patterns: readonly string[] = []
  #rest = ''
  #waiting = 0
  /** Events that came while a request is answered: they may be what it has caused, and come after its answer. */
  #held: object[] | undefined
  #line: Promise<void> = Promise.resolve()

  constructor(socket: Socket, context: Omit<DaemonContext, 'subscribe'>) {
    this.#socket = socket
    this.#context = context
    socket.setEncoding('utf8')
    socket.on('data', (text: string) => this.#read(text))
    socket.on('drain', () => this.#mayRead())
    socket.on('error', () => socket.destroy())
  }

  /** Hands an event on, if the client wants it and keeps up. Clients take what has the id of their request for its answer: it has none. */
  push({ event_name, timestamp, orchestration_id, data }: LoggedEvent): void {
    if (!this.#patterns.some((pattern) => fitsPattern(pattern, event_name))) return
    if (this.#socket.writableLength > MOST_UNREAD || (this.#held?.length ?? 0) > MOST_HELD) return
    const short = withoutLong(data as Readonly<Record<string, unknown>>)
    const pushed = { event_name, timestamp, orchestration_id, data: short }
    if (this.#held) this.#held.push(pushed)
    else this.send(pushed)
  }

  send(answer: object): void {
    if (this.#socket.writable) this.#socket.write(`${JSON.stringify(answer)}\n`)
  }

  /** Closes when all is written, whether the client does or not: one that hangs must not keep the daemon from its end. */
  close(): void {
    this.#socket.destroySoon()
  }

  #read(text: string): void {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop()!
    if (this.#rest.length > MAX_LINE || lines.some((line) => line.length > MAX_LINE)) {
      this.send({ error: `A line has more than ${MAX_LINE} characters; the connection is closed.` })
      this.#rest = ''
      this.#socket.destroySoon()
      return
    }
    for (const line of lines) {
      if (line.trim() === '') continue
      this.#waiting += 1
      this.#line = this.#line.then(async () => {
        this.#held = []
        this.send(await this.#answer(line))
        for (const event of this.#held) this.send(event)
        this.#held = undefined
        this.#waiting -= 1
        this.#mayRead()
      })
    }
    if (this.#waiting > MOST_WAITING || this.#socket.writableLength > MOST_UNREAD) this.#socket.pause()
  }

  #mayRead(): void {
    if (this.#waiting <= MOST_WAITING && this.#socket.writableLength <= MOST_UNREAD) this.#socket.resume()
  }

  async #answer(line: string): Promise<object> {
    const request = readRequest(line)
    if ('error' in request) return request
    try {
      return answerTo(request, await this.#handle(request))
    } catch (error) {
      return answerTo(request, refusal(error))
    }
  }

  async #handle({ event, data, correlationId }: Request): Promise<object> {
    if (!Object.hasOwn(HANDLERS, event)) {
      const names = Object.keys(HANDLERS)
      const near = names.filter((name) => name.split(':')[0] === event.split(':')[0]).slice(0, 3)
      const hint = suggestion(event, names)
      throw new RefusedError(`Unknown event: ${event}`, {
        similar: near.length > 0 ? near : names.slice(0, 3),
        ...(hint.startsWith('Did') && { hint }),
      })
    }
    return HANDLERS[event]!.answer(event, data, {
      ...this.#context,
      correlationId,
      subscribe: (patterns) => void (this.#patterns = patterns),
    })
  }
}
