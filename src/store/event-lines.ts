import { closeSync, openSync, readSync } from 'node:fs'
import { crc32 } from 'node:zlib'

const BLOCK = 256 * 1024
const NEWLINE = 10
/** A line that is longer was not written by a log: what is large stands beside it. Bytes. */
const LONGEST_LINE = 16 * 1024 * 1024

/** The last name in a line of a log, with a checksum of all that stands before it. */
const SUM = /,"crc":"([0-9a-f]{8})"\}$/
const SUM_LENGTH = 18

const sumOf = (text: string): string => crc32(text).toString(16).padStart(8, '0')

/** An event as a line, which ends with its checksum. */
export function lineOfEvent(event: object): string {
  const text = JSON.stringify(event).slice(0, -1)
  return text === '{' ? '{}\n' : `${text},"crc":"${sumOf(text)}"}\n`
}

/** The event that a line holds, if it is whole. Lines of earlier versions have no checksum. */
export function eventIn(line: string): Record<string, unknown> | undefined {
  const [sum] = SUM.exec(line.slice(-SUM_LENGTH)) ?? []
  if (sum !== undefined && sum !== `,"crc":"${sumOf(line.slice(0, -SUM_LENGTH))}"}`) return undefined
  try {
    const event: unknown = JSON.parse(sum === undefined ? line : `${line.slice(0, -SUM_LENGTH)}}`)
    return typeof event === 'object' && event !== null && !Array.isArray(event)
      ? (event as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

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
        yield length > LONGEST_LINE ? undefined : Buffer.concat([...rest, block.subarray(from, end)]).toString('utf8')
        rest = []
        length = 0
        from = end + 1
      }
      length += count - from
      if (length <= LONGEST_LINE) rest.push(Buffer.from(block.subarray(from, count)))
      else rest = []
    }
    if (length > 0) yield length > LONGEST_LINE ? undefined : Buffer.concat(rest).toString('utf8')
  } finally {
    closeSync(descriptor)
  }
}
