import {
  appendFileSync,
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createHash } from 'node:crypto'
import { dirname, join } from 'node:path'
import { asideOf, nextAside } from './rotation.ts'

/** How an event log is kept. */
export interface EventLogOptions {
  /** The file is put aside when it is larger. Bytes. Default 16 MiB. */
  maxBytes?: number
  /** … or when its first event is older. Milliseconds. Default a day. */
  maxAgeMs?: number
  /** How many files that were put aside are kept. Default 10. */
  keep?: number
  /** Values whose JSON is longer are kept beside the log, once each, and stand in it as a reference. Characters. Default 5,120. */
  largeValue?: number
}

/** What was mended when a log was opened. */
export interface Repair {
  /** Bytes at the end that were no whole event: kept beside the log. */
  cutBytes: number
  keptIn: string | undefined
}

const KIBI = 1024
const NEWLINE = 10

/**
 * Events as newline-delimited JSON in a file that rotates by size and age. A tail that was written by half when the process died is cut off
 * when the log is opened again, and kept beside it.
 */
export class EventLog {
  readonly file: string
  readonly repaired: Repair
  readonly #options: Required<EventLogOptions>
  #descriptor: number
  #bytes: number
  #since: number
  #lost = 0
  #failure: string | undefined

  constructor(file: string, options: EventLogOptions = {}) {
    this.file = file
    this.#options = { maxBytes: 16 * KIBI * KIBI, maxAgeMs: 86_400_000, keep: 10, largeValue: 5_120, ...options }
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    this.repaired = repair(file)
    this.#descriptor = openSync(file, 'a', 0o600)
    const { size, birthtimeMs } = statSync(file)
    this.#bytes = size
    this.#since = size === 0 ? Date.now() : birthtimeMs
  }

  /** Events that could not be written, as on a disk that is full. */
  get lost(): number {
    return this.#lost
  }

  /** Why the newest event could not be written. */
  get failure(): string | undefined {
    return this.#failure
  }

  /** Adds an event. One that cannot be written is lost and counted: what it tells of goes on. */
  append(event: object): void {
    try {
      const line = `${JSON.stringify(this.#withReferences(event))}\n`
      const bytes = Buffer.byteLength(line)
      const { maxBytes, maxAgeMs } = this.#options
      if (this.#bytes > 0 && (this.#bytes + bytes > maxBytes || Date.now() - this.#since > maxAgeMs)) this.#rotate()
      this.#write(line)
      this.#bytes += bytes
      this.#failure = undefined
    } catch (error) {
      this.#lost += 1
      this.#failure = `${this.file} cannot be written to: ${error instanceof Error ? error.message : String(error)}`
    }
  }

  /** Writes all of it, or nothing. */
  #write(line: string): void {
    try {
      appendFileSync(this.#descriptor, line)
    } catch (error) {
      ftruncateSync(this.#descriptor, this.#bytes)
      throw error
    }
  }

  close(): void {
    fsyncSync(this.#descriptor)
    closeSync(this.#descriptor)
  }

  /** All events that are kept, oldest first, with large values put back. Lines that are no event are passed over. */
  *read(): Generator<Record<string, unknown>> {
    for (const file of [...asideOf(this.file).map((aside) => aside.file), this.file])
      for (const line of readFileSync(file, 'utf8').split('\n')) {
        const event = eventIn(line)
        if (event) yield withValues(event, valuesOf(file))
      }
  }

  #rotate(): void {
    const aside = asideOf(this.file).map(({ file }) => file)
    const put = nextAside(this.file)
    renameSync(this.file, put)
    if (existsSync(valuesOf(this.file))) renameSync(valuesOf(this.file), valuesOf(put))
    for (const old of aside.slice(0, Math.max(0, aside.length + 1 - this.#options.keep))) {
      rmSync(old)
      rmSync(valuesOf(old), { recursive: true, force: true })
    }
    closeSync(this.#descriptor)
    this.#descriptor = openSync(this.file, 'a', 0o600)
    this.#bytes = 0
    this.#since = Date.now()
  }

  #withReferences(event: object): object {
    return Object.fromEntries(
      Object.entries(event).map(([name, value]) => {
        const text = JSON.stringify(value) as string | undefined
        if (text === undefined || text.length <= this.#options.largeValue) return [name, value]
        const hash = createHash('sha256').update(text).digest('hex')
        const folder = valuesOf(this.file)
        const file = join(folder, hash)
        if (!existsSync(file)) {
          mkdirSync(folder, { recursive: true, mode: 0o700 })
          // By another name first: half a value has never the name of a whole one.
          writeFileSync(`${file}.part`, text, { mode: 0o600 })
          renameSync(`${file}.part`, file)
        }
        return [name, { $ref: hash, length: text.length }]
      }),
    )
  }
}

/** Where the large values of a log file are. */
const valuesOf = (file: string): string => `${file}.values`

function withValues(event: Record<string, unknown>, folder: string): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(event).map(([name, value]) => {
      const hash = (value as { $ref?: unknown } | null)?.$ref
      if (typeof hash !== 'string' || !/^[0-9a-f]{64}$/.test(hash)) return [name, value]
      const file = join(folder, hash)
      return [name, existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as unknown) : value]
    }),
  )
}

/** Cuts off what stands behind the last whole event. */
function repair(file: string): Repair {
  if (!existsSync(file)) return { cutBytes: 0, keptIn: undefined }
  const descriptor = openSync(file, 'r+')
  try {
    const size = statSync(file).size
    const whole = endOfLastEvent(descriptor, size)
    if (whole === size) return { cutBytes: 0, keptIn: undefined }
    const rest = Buffer.alloc(size - whole)
    readSync(descriptor, rest, 0, rest.length, whole)
    const keptIn = `${file}.cut`
    writeFileSync(keptIn, rest, { flag: 'a', mode: 0o600 })
    ftruncateSync(descriptor, whole)
    return { cutBytes: rest.length, keptIn }
  } finally {
    closeSync(descriptor)
  }
}

/** Where the last line ends that is JSON. Looks backwards, a line at a time. */
function endOfLastEvent(descriptor: number, size: number): number {
  let end = size
  while (end > 0) {
    const start = startOfLine(descriptor, end - 1)
    const line = Buffer.alloc(end - start)
    readSync(descriptor, line, 0, line.length, start)
    if (line.at(-1) === NEWLINE && eventIn(line.toString('utf8'))) return end
    end = start
  }
  return 0
}

function startOfLine(descriptor: number, before: number): number {
  const block = Buffer.alloc(64 * KIBI)
  let at = before
  while (at > 0) {
    const length = Math.min(block.length, at)
    readSync(descriptor, block, 0, length, at - length)
    const found = block.subarray(0, length).lastIndexOf(NEWLINE)
    if (found >= 0) return at - length + found + 1
    at -= length
  }
  return 0
}

/** The event that a line holds, if it is whole. */
function eventIn(line: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(line) as Record<string, unknown>
  } catch {
    return undefined
  }
}
