import { closeSync, openSync, readSync } from 'node:fs'
import { crc32 } from 'node:zlib'

const BLOCK = 256 * 1024
const NEWLINE = 10
/** A line that is longer was not written by a log: what is large stands beside it. Bytes. */
const MAX_LINE = 16 * 1024 * 1024

/** What a line of a log ends with: its number among all that were ever written, and a checksum of what stands before that. */
const END = /,"line":(\d{1,15}),"crc":"([0-9a-f]{8})"\}$/
const MAX_END = 60

const sumOf = (text: string): string => crc32(text).toString(16).padStart(8, '0')

/** An event as a line, which ends with its number and its checksum. */
export function lineOfEvent(event: object, number: number): string {
  const text = JSON.stringify({ ...event, line: number }).slice(0, -1)
  return `${text},"crc":"${sumOf(text)}"}\n`
}

/** A line that is whole. */
export interface LoggedLine {
  event: Record<string, unknown>
  /** Among all that were ever written, from 1. Lines of earlier versions have none. */
  number: number | undefined
}

/** The event that a line holds, if it is whole. */
export function eventIn(line: string): LoggedLine | undefined {
  const [end, digits, sum] = END.exec(line.slice(-MAX_END)) ?? []
  const before = end === undefined ? line : line.slice(0, -end.length)
  if (end !== undefined && sum !== sumOf(line.slice(0, line.length - SUM_LENGTH))) return undefined
  try {
    const event: unknown = JSON.parse(end === undefined ? line : `${before}}`)
    if (typeof event !== 'object' || event === null || Array.isArray(event)) return undefined
    return { event: event as LoggedLine['event'], number: digits === undefined ? undefined : Number(digits) }
  } catch {
    return undefined
  }
}

/** `,"crc":"…"}` */
const SUM_LENGTH = 18

/** The lines of a file, in blocks: a large file is never in memory as a whole. What is no line at all is undefined. */
export function* linesIn(file: string): Generator<string | undefined> {
  const descriptor = openSync(file, 'r')
  try {
    const block = Buffer.alloc(BLOCK)
    let rest: Buffer[] = []
    let length = 0
    for (;;) {
      const count = readSync(descriptor, block, 0, BLOCK, null)
      if (count === 0) break
      let from = 0
      for (let end = block.indexOf(NEWLINE); end >= 0 && end < count; end = block.indexOf(NEWLINE, from)) {
        yield length > MAX_LINE ? undefined : Buffer.concat([...rest, block.subarray(from, end)]).toString('utf8')
        rest = []
        length = 0
        from = end + 1
      }
      length += count - from
      if (length <= MAX_LINE) rest.push(Buffer.from(block.subarray(from, count)))
      else rest = []
    }
    if (length > 0) yield length > MAX_LINE ? undefined : Buffer.concat(rest).toString('utf8')
  } finally {
    closeSync(descriptor)
  }
}
