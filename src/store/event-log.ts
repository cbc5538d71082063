import {
  appendFileSync,
  closeSync,
  existsSync,
  fchmodSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { CountFile } from './count-file.ts'
import { eventIn, lineOfEvent, linesIn } from './event-lines.ts'
import { DamagedValueError, isReference, LargeValues, valueOf } from './large-values.ts'
import { repair, type Repair } from './log-repair.ts'
import { asideOf, nextAside } from './rotation.ts'

/** How an event log is kept. */
export interface EventLogOptions {
  /** The file is put aside when it is larger, with the values that stand beside it. Bytes. Default 16 MiB. */
  maxBytes?: number
  /** … or when its first event is older. Milliseconds. Default a day. */
  maxAgeMs?: number
  /** How many files that were put aside are kept. Default 10. */
  keep?: number
  /** Values whose JSON is longer are kept beside the log, once each, and stand in it as a reference. Characters. Default 5,120. */
  largeValue?: number
  /** A file that says how many events were ever written, so that a log that was cut is seen. Default: none. */
  countIn?: string
}

const KIBI = 1024
/** What is told of damage; there may be more of it. */
const MAX_TOLD = 20
const VALUES = '.values'

/**
 * Events as newline-delimited JSON in a file that rotates by size and age, each line with a checksum. A tail that was
 * written by half when the process died is cut off when the log is opened again, and kept beside it.
 */
export class EventLog {
  readonly file: string
  readonly repaired: Repair
  readonly #options: Required<Omit<EventLogOptions, 'countIn'>> & Pick<EventLogOptions, 'countIn'>
  readonly #damages = new Set<string>()
  #descriptor: number
  #values: LargeValues
  /** Events that were ever written. */
  #count = 0
  #counted: CountFile | undefined
  #bytes: number
  #since: number
  #lost = 0
  #failure: string | undefined

  constructor(file: string, options: EventLogOptions = {}) {
    this.file = file
    this.#options = { maxBytes: 16 * KIBI * KIBI, maxAgeMs: 86_400_000, keep: 10, largeValue: 5_120, ...options }
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    const { repaired, last } = repair(file)
    this.repaired = repaired
    const { cutBytes, keptIn } = this.repaired
    if (cutBytes > 0)
      this.#tell(`${file} ended in ${cutBytes} bytes that are not an event; the daemon keeps them in ${keptIn}.`)
    dropValuesWithoutLog(file)
    this.#values = new LargeValues(valuesOf(file))
    this.#descriptor = openForOwner(file)
    const { size, birthtimeMs } = fstatSync(this.#descriptor)
    this.#bytes = size
    this.#openCount(last ?? 0)
    this.#since = size === 0 ? Date.now() : birthtimeMs
  }

  /** Goes on counting where it was, and sees whether the newest events are there. */
  #openCount(last: number): void {
    const { countIn } = this.#options
    try {
      if (countIn !== undefined) this.#counted = new CountFile(countIn)
    } catch (error) {
      this.#tell(`${countIn} cannot be written: ${(error as Error).message}`)
    }
    const { before = 0 } = this.#counted ?? {}
    if (before > last && !asideOf(this.file).some(({ file }) => lastNumberIn(file) === before))
      this.#tell(`${this.file} lacks its newest ${before - last} events: the file was truncated.`)
    this.#count = Math.max(before, last)
  }

  /** Events that could not be written, as on a disk that is full. */
  get lost(): number {
    return this.#lost
  }

  /** What it takes on disk, with the files that were put aside. */
  get bytesOnDisk(): number {
    const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0
    return asideOf(this.file).reduce((sum, { file }) => sum + sizeOf(file), this.#bytes + this.#values.bytes)
  }

  /** Why the newest event could not be written. */
  get failure(): string | undefined {
    return this.#failure
  }

  /** Why the newest event could not be written, and what is damaged or gone. */
  get problems(): readonly string[] {
    return [...(this.#failure === undefined ? [] : [this.#failure]), ...this.#damages]
  }

  #tell(damage: string): void {
    if (this.#damages.size < MAX_TOLD) this.#damages.add(damage)
  }

  /** Adds an event. One that cannot be written is lost and counted: what it tells of goes on. */
  append(event: object): void {
    try {
      this.#lookForFile()
      const line = lineOfEvent(this.#withReferences(event), this.#count + 1)
      const bytes = Buffer.byteLength(line)
      const { maxBytes, maxAgeMs } = this.#options
      const isFull = this.#bytes + this.#values.bytes + bytes > maxBytes
      if (this.#bytes > 0 && (isFull || Date.now() - this.#since > maxAgeMs)) {
        this.#rotate()
        // The values have gone with the file that was put aside.
        return this.#add(lineOfEvent(this.#withReferences(event), this.#count + 1))
      }
      this.#add(line)
    } catch (error) {
      this.#lost += 1
      this.#failure = `${this.file} cannot be written: ${error instanceof Error ? error.message : String(error)}`
    }
  }

  /** Writes all of it, or nothing. */
  #add(line: string): void {
    try {
      appendFileSync(this.#descriptor, line)
    } catch (error) {
      ftruncateSync(this.#descriptor, this.#bytes)
      throw error
    }
    this.#bytes += Buffer.byteLength(line)
    this.#count += 1
    this.#counted?.note(this.#count)
    this.#failure = undefined
  }

  /** A file that somebody has removed takes what is written into it along: a new one is begun. */
  #lookForFile(): void {
    const there = statSync(this.file, { throwIfNoEntry: false })
    const ours = fstatSync(this.#descriptor)
    if (there && there.ino === ours.ino && there.dev === ours.dev) {
      // Somebody has cut it: what comes goes to its end, wherever that is.
      if (there.size < this.#bytes) {
        this.#tell(`${this.file} was truncated from ${this.#bytes} to ${there.size} bytes while it was in use.`)
        this.#bytes = there.size
      }
      return
    }
    this.#tell(`${this.file} was removed while it was in use, with ${this.#bytes} bytes; the daemon starts a new file.`)
    closeSync(this.#descriptor)
    mkdirSync(dirname(this.file), { recursive: true, mode: 0o700 })
    this.#open()
  }

  #open(): void {
    this.#descriptor = openForOwner(this.file)
    this.#values = new LargeValues(valuesOf(this.file))
    this.#bytes = fstatSync(this.#descriptor).size
    this.#since = Date.now()
  }

  close(): void {
    this.#counted?.close()
    try {
      fsyncSync(this.#descriptor)
    } finally {
      closeSync(this.#descriptor)
    }
  }

  /**
   * All events that are kept, oldest first, with large values put back, one at a time. What is no event, or damaged, is
   * passed over and told among the problems: an event whose large value is damaged has the reference in its place.
   */
  *read(): Generator<Record<string, unknown>> {
    // What was put aside and is too old was removed by the log itself.
    let expected = this.#counted?.before ? this.#counted.keptBefore : undefined
    for (const file of [...asideOf(this.file).map((aside) => aside.file), this.file]) {
      let nth = 0
      for (const line of this.#linesOf(file)) {
        nth += 1
        if (line === '') continue
        const found = line === undefined ? undefined : eventIn(line)
        if (!found) {
          this.#tell(`${file}, line ${nth}, is damaged or is not an event: the daemon ignores the line.`)
          // It is told of already that this one is missing.
          if (expected !== undefined) expected += 1
          continue
        }
        const { event, number } = found
        if (number !== undefined && expected !== undefined && number > expected)
          this.#tell(`${number - expected} events are missing before line ${nth} of ${file}.`)
        expected = number === undefined ? undefined : number + 1
        yield this.#withValues(event, valuesOf(file))
      }
    }
  }

  *#linesOf(file: string): Generator<string | undefined> {
    try {
      yield* linesIn(file)
    } catch (error) {
      this.#tell(`${file} cannot be read: ${(error as Error).message}`)
    }
  }

  #withValues(event: Record<string, unknown>, folder: string): Record<string, unknown> {
    for (const [name, value] of Object.entries(event)) {
      if (!isReference(value)) continue
      try {
        event[name] = valueOf(folder, value)
      } catch (error) {
        if (!(error instanceof DamagedValueError)) throw error
        this.#tell(error.message)
      }
    }
    return event
  }

  #rotate(): void {
    const aside = asideOf(this.file).map(({ file }) => file)
    const put = nextAside(this.file)
    fsyncSync(this.#descriptor)
    renameSync(this.file, put)
    if (existsSync(valuesOf(this.file))) renameSync(valuesOf(this.file), valuesOf(put))
    for (const old of aside.slice(0, Math.max(0, aside.length + 1 - this.#options.keep))) {
      rmSync(old, { force: true })
      rmSync(valuesOf(old), { recursive: true, force: true })
    }
    closeSync(this.#descriptor)
    this.#open()
    const oldest = asideOf(this.file)[0]
    this.#counted?.note(this.#count, oldest && firstNumberIn(oldest.file))
  }

  #withReferences(event: object): object {
    return Object.fromEntries(
      Object.entries(event).map(([name, value]) => {
        const text = JSON.stringify(value) as string | undefined
        if (text === undefined || text.length <= this.#options.largeValue) return [name, value]
        return [name, this.#values.keep(text)]
      }),
    )
  }
}

/** The number of the first event of a file that was put aside. */
function firstNumberIn(file: string): number | undefined {
  for (const line of linesIn(file)) {
    const number = line === undefined ? undefined : eventIn(line)?.number
    if (number !== undefined) return number
  }
  return undefined
}

/** The number of the last event of a file that was put aside. */
function lastNumberIn(file: string): number | undefined {
  let last: number | undefined
  for (const line of linesIn(file)) last = (line === undefined ? undefined : eventIn(line)?.number) ?? last
  return last
}

/** Where the large values of a log file are. */
const valuesOf = (file: string): string => `${file}${VALUES}`

/** Opens a file to be added to, for its owner only, however it was found. */
function openForOwner(file: string): number {
  const descriptor = openSync(file, 'a', 0o600)
  fchmodSync(descriptor, 0o600)
  return descriptor
}

/** Values whose log somebody has removed belong to nothing. */
function dropValuesWithoutLog(file: string): void {
  const folder = dirname(file)
  const known = new Set([file, ...asideOf(file).map((aside) => aside.file)].map((each) => basename(valuesOf(each))))
  const stem = basename(file).replace(/_current\..*$/, '')
  for (const name of readdirSync(folder))
    if (name.startsWith(stem) && name.endsWith(VALUES) && !known.has(name))
      rmSync(join(folder, name), { recursive: true, force: true })
}
