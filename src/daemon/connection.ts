import type { Socket } from 'node:net'
import { native } from '../doors/index.ts'
import { fitsPattern } from '../orchestrator/index.ts'
import { suggestion } from '../options/index.ts'
import { HANDLERS, type DaemonContext } from './handlers/index.ts'
import type { LoggedEvent } from './logged-event.ts'
import { withoutLong } from './page.ts'
import { answerTo, lineOf, MAX_LINE, quoted, readRequest, refusal, RefusedError, type Request } from './protocol.ts'

/** Requests of one connection that wait for their answer; more of them stop the reading. */
const MAX_WAITING = 100
/** What a client has not read; above it events are left out, and its requests are not read. Bytes. */
const MAX_UNREAD = 4 * MAX_LINE
/** Events that wait for an answer, and most of their characters; more of them are left out. */
const MAX_HELD = 1_000
const MAX_HELD_LENGTH = MAX_LINE
/** How long a connection that is closed may take to take what was written. Real milliseconds. */
const CLOSING_MS = 1_000

/** What a connection works with, and whom it tells of errors that should not be. */
export type ConnectionContext = Omit<DaemonContext, 'subscribe'> & { say: (text: string) => void }

/** One client: requests are answered in their order, events that it has subscribed to come between. */
export class Connection {
  readonly #socket: Socket
  readonly #context: ConnectionContext
  /** Whether it is closed after its first answer. */
  readonly #isShort: boolean
  #patterns: readonly string[] = []
  #rest: string[] = []
  #restLength = 0
  #waiting = 0
  /** Events that came while a request is answered: they may be what it has caused, and come after its answer. */
  #held: string[] | undefined
  #heldLength = 0
  #line: Promise<void> = Promise.resolve()
  /** When it last said or was told something. Real milliseconds. */
  #activeAt = native.now()
  #isClosed = false
  #hasSpoken = false

  /** @param short it is closed after its first answer */
  constructor(socket: Socket, context: ConnectionContext, { short = false }: { short?: boolean } = {}) {
    this.#socket = socket
    this.#context = context
    this.#isShort = short
    socket.setEncoding('utf8')
    socket.on('data', (text: string) => this.#read(text))
    socket.on('drain', () => this.#mayRead())
    socket.on('error', () => socket.destroy())
  }

  /** How long nothing was said; nothing for one that works, or waits for events. Real milliseconds. */
  get idleMs(): number | undefined {
    return this.#waiting > 0 || this.#patterns.length > 0 ? undefined : native.now() - this.#activeAt
  }

  /** Whether it has ever said anything. */
  get hasSpoken(): boolean {
    return this.#hasSpoken
  }

  /** Hands an event on, if the client wants it and keeps up. Clients take what has the id of their request for its answer: it has none. */
  push({ event_name, timestamp, orchestration_id, data }: LoggedEvent): void {
    if (!this.#patterns.some((pattern) => fitsPattern(pattern, event_name))) return
    if (this.#socket.writableLength > MAX_UNREAD) return
    const short = withoutLong(data as Readonly<Record<string, unknown>>)
    const line = lineOf({ event_name, timestamp, orchestration_id, data: short })
    if (!this.#held) return this.#write(line)
    if (this.#held.length >= MAX_HELD || this.#heldLength + line.length > MAX_HELD_LENGTH) return
    this.#held.push(line)
    this.#heldLength += line.length
  }

  send(answer: object): void {
    this.#write(lineOf(answer))
  }

  #write(line: string): void {
    if (this.#socket.writable) this.#socket.write(`${line}\n`)
  }

  /** Closes when all is written; a client that does not read is cut off: one that hangs must not keep the daemon from its end. */
  close(): void {
    this.#isClosed = true
    this.#socket.destroySoon()
    native.setTimeout(() => this.#socket.destroy(), CLOSING_MS).unref()
  }

  #read(text: string): void {
    if (this.#isClosed) return
    this.#activeAt = native.now()
    this.#hasSpoken = true
    const [first = '', ...more] = text.split('\n')
    const lines = more.length === 0 ? [] : [[...this.#rest, first].join(''), ...more.slice(0, -1)]
    if (more.length > 0) this.#rest = []
    // Put together when its end is there: what comes byte by byte is not copied again with each of them.
    this.#rest.push(more.at(-1) ?? first)
    this.#restLength = more.length > 0 ? more.at(-1)!.length : this.#restLength + first.length
    if (this.#restLength > MAX_LINE || lines.some((line) => line.length > MAX_LINE)) {
      this.send({ error: `A line has more than ${MAX_LINE} characters; the connection is closed.` })
      this.#rest = []
      this.#restLength = 0
      return this.close()
    }
    for (const line of lines) {
      if (line.trim() === '') continue
      this.#waiting += 1
      this.#line = this.#line.then(() => this.#turn(line))
    }
    if (this.#waiting > MAX_WAITING || this.#socket.writableLength > MAX_UNREAD) this.#socket.pause()
  }

  #mayRead(): void {
    if (this.#waiting <= MAX_WAITING && this.#socket.writableLength <= MAX_UNREAD) this.#socket.resume()
  }

  /** Answers one line. The one place in which whatever goes wrong with a request ends: it never rejects. */
  async #turn(line: string): Promise<void> {
    this.#held = []
    this.#heldLength = 0
    try {
      this.#write(await this.#answer(line))
      for (const event of this.#held) this.#write(event)
    } catch (error) {
      this.#context.say(`longhaul could not answer a request: ${String((error as Error)?.stack ?? error)}`)
      this.close()
    }
    this.#held = undefined
    this.#waiting -= 1
    this.#activeAt = native.now()
    if (this.#isShort) this.close()
    else this.#mayRead()
  }

  /** The answer to a line, as a line. */
  async #answer(line: string): Promise<string> {
    const request = readRequest(line)
    if ('error' in request) return lineOf(request)
    try {
      return lineOf(answerTo(request, await this.#handle(request)))
    } catch (error) {
      return lineOf(answerTo(request, refusal(error)))
    }
  }

  async #handle({ event, data, correlationId }: Request): Promise<object> {
    if (!Object.hasOwn(HANDLERS, event)) {
      const names = Object.keys(HANDLERS)
      const near = names.filter((name) => name.split(':')[0] === event.split(':')[0]).slice(0, 3)
      const hint = suggestion(event, names)
      throw new RefusedError(`Unknown event: ${quoted(event).slice(1, -1)}`, {
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
