import { closeSync, fstatSync, openSync, readSync, writeFileSync, writeSync } from 'node:fs'
import type { EventBody, TraceEvent } from './events.ts'
import { typeOfToday } from './former-types.ts'
import { nestsDeeper } from './nesting.ts'
import { wrongValueIn } from './shape.ts'

/** Writes a long trace to a file: memory holds only the newest events. */
export interface Spool {
  /** The NDJSON file that receives the events. It is overwritten. */
  file: string
  /** Events kept in memory before they are written. Default 10,000. */
  buffer?: number
}

/** Thrown when a line of a trace is not an event. */
export class InvalidTraceError extends Error {
  override readonly name = 'InvalidTraceError'
  readonly code = 'LONGHAUL_INVALID_TRACE'
}

const READ_BYTES = 1 << 20
const MAX_LINE = 1 << 24
/** Lists and blocks of an event that may stand within one another. */
const MAX_DEPTH = 1_000

/**
 * The log of a run: typed events in their order. Events are only appended. Iteration reads them from the start, from
 * memory and from the spool file.
 */
export class Trace implements Iterable<TraceEvent> {
  readonly #now: () => number
  readonly #spool: (Required<Spool> & { descriptor: number }) | undefined
  readonly #listeners = new Set<(event: TraceEvent) => void>()
  readonly #discards: boolean
  #memory: TraceEvent[] = []
  #length = 0

  /**
   * @param now milliseconds since the start of the run
   * @param spool where events go when they are many, or `'discard'`: only those who listen see them
   */
  constructor(now: () => number, spool?: Spool | 'discard') {
    this.#now = now
    this.#discards = spool === 'discard'
    if (typeof spool === 'object') this.#spool = { buffer: 10_000, ...spool, descriptor: openSync(spool.file, 'w+') }
  }

  /** Number of events. */
  get length(): number {
    return this.#length
  }

  /** The current time for new events. Milliseconds since the start of the run. */
  now(): number {
    return this.#now()
  }

  /** Appends an event at the current time, and returns its sequence number. */
  append(body: EventBody, causes: readonly number[] = []): number {
    const seq = this.#length
    if (this.#discards && this.#listeners.size === 0) {
      this.#length += 1
      return seq
    }
    const event = { seq, at: this.#now(), causes, ...body }
    this.#add(event)
    for (const listener of this.#listeners) listener(event)
    return seq
  }

  /** Calls `listener` with every new event; the returned function removes the listener. */
  onAppend(listener: (event: TraceEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Iterates over the events, oldest first. */
  [Symbol.iterator](): Iterator<TraceEvent> {
    if (!this.#spool) return this.#memory.values()
    this.#flush()
    return readEvents(this.#spool.descriptor, this.#spool.file)
  }

  /**
   * All events of the given types, in order.
   *
   * @example
   * ```ts
   * const faults = trace.ofType('call.failed').map(({ fault, at }) => `${fault} at ${at} ms`)
   * ```
   */
  ofType<Type extends TraceEvent['type']>(...types: readonly Type[]): Extract<TraceEvent, { type: Type }>[] {
    const found: TraceEvent[] = []
    const wanted: readonly string[] = types.map(typeOfToday)
    for (const event of this) if (wanted.includes(event.type)) found.push(event)
    return found as Extract<TraceEvent, { type: Type }>[]
  }

  /** All events from an index on. */
  from(place: number): Iterable<TraceEvent> {
    return this.#spool ? [...this].slice(place) : this.#memory.slice(place)
  }

  /** A trace of given events. */
  static of(events: Iterable<TraceEvent>): Trace {
    return Trace.#from(events)
  }

  /** The trace as newline-delimited JSON. The same run gives the same bytes. */
  toNDJSON(): string {
    let text = ''
    for (const event of this) text += `${JSON.stringify(event)}\n`
    return text
  }

  /**
   * Writes the trace as newline-delimited JSON. `Trace.read(file)` reads it.
   *
   * @example
   * ```ts
   * trace.write('run.ndjson')
   * ```
   */
  write(file: string): void {
    writeFileSync(file, this.toNDJSON())
  }

  /** Closes the spool file, if there is one. Afterwards the trace cannot be read, but the file can. */
  close(): void {
    if (!this.#spool) return
    this.#flush()
    closeSync(this.#spool.descriptor)
  }

  /**
   * Reads a trace from a file.
   *
   * @throws InvalidTraceError naming the line that is no event
   */
  static read(file: string): Trace {
    const descriptor = openSync(file, 'r')
    try {
      // A folder can be opened, and not be read: what is thrown then does not name it.
      if (fstatSync(descriptor).isDirectory())
        throw Object.assign(new Error(`${file} is a folder. Give the file of a trace.`), { code: 'EISDIR', path: file })
      return Trace.#from(readEvents(descriptor, file))
    } finally {
      closeSync(descriptor)
    }
  }

  /** Reads a trace from text, as `read` does from a file. */
  static parse(text: string): Trace {
    return Trace.#from(
      text.split('\n').flatMap((line, index) => (line === '' ? [] : [parseLine(line, index + 1, 'the text')])),
    )
  }

  static #from(events: Iterable<TraceEvent>): Trace {
    const trace = new Trace(() => trace.#memory.at(-1)?.at ?? 0)
    for (const event of events) trace.#add(event)
    return trace
  }

  #add(event: TraceEvent): void {
    this.#length += 1
    if (this.#discards) return
    this.#memory.push(event)
    if (this.#spool && this.#memory.length >= this.#spool.buffer) this.#flush()
  }

  #flush(): void {
    if (!this.#spool || this.#memory.length === 0) return
    writeSync(this.#spool.descriptor, this.#memory.map((event) => `${JSON.stringify(event)}\n`).join(''))
    this.#memory = []
  }
}

function parseLine(line: string, number: number, source: string): TraceEvent {
  let event: unknown
  try {
    if (nestsDeeper(line, MAX_DEPTH)) throw new InvalidTraceError('nested too deep')
    event = JSON.parse(line)
  } catch {
    throw new InvalidTraceError(`Line ${number} of ${source} is not JSON: ${line.slice(0, 80)}`)
  }
  const { seq, at, type } = (event ?? {}) as Partial<TraceEvent>
  if (!Number.isInteger(seq) || typeof at !== 'number' || typeof type !== 'string') {
    throw new InvalidTraceError(
      typeof (event as { event_name?: unknown } | null)?.event_name === 'string'
        ? `${source} is an event log of the daemon, and no trace of a run. longhaul inspect ${source} --html OUT reads it.`
        : `Line ${number} of ${source} is not an event: an event needs seq, at and type. Given: ${line.slice(0, 80)}`,
    )
  }
  Object.assign(event as TraceEvent, { type: typeOfToday(type) })
  const wrong = wrongValueIn(event as Record<string, unknown>)
  if (wrong !== undefined)
    throw new InvalidTraceError(
      `Line ${number} of ${source} is not a valid ${type.slice(0, 80)} event: "${wrong}" is ${shown((event as Record<string, unknown>)[wrong])}.`,
    )
  return event as TraceEvent
}

const shown = (value: unknown): string => (value === undefined ? 'missing' : JSON.stringify(value).slice(0, 80))

function* readEvents(descriptor: number, file: string): Generator<TraceEvent> {
  const buffer = Buffer.alloc(READ_BYTES)
  let rest = Buffer.alloc(0)
  let position = 0
  let number = 0
  for (;;) {
    const count = readSync(descriptor, buffer, 0, READ_BYTES, position)
    position += count
    const bytes = Buffer.concat([rest, buffer.subarray(0, count)])
    let start = 0
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
      number += 1
      if (end > start) yield parseLine(bytes.toString('utf8', start, end), number, file)
      start = end + 1
    }
    rest = bytes.subarray(start)
    if (rest.length > MAX_LINE)
      throw new InvalidTraceError(`Line ${number + 1} of ${file} is longer than ${MAX_LINE} bytes.`)
    if (count === 0) break
  }
  if (rest.length > 0) yield parseLine(rest.toString('utf8'), number + 1, file)
}
