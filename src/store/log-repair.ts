import { closeSync, existsSync, ftruncateSync, openSync, readSync, statSync, writeFileSync } from 'node:fs'
import { eventIn } from './event-lines.ts'

/** What was mended when a log was opened. */
export interface Repair {
  /** Bytes at the end that were no whole event: kept beside the log. */
  cutBytes: number
  keptIn: string | undefined
}

/** A log as it is after that. */
interface Mended {
  repaired: Repair
  /** The number of its last event; nothing where there is none, or it has none. */
  last: number | undefined
}

const BLOCK = 64 * 1024
const NEWLINE = 10
/** What is kept of what was cut off, its end first. Bytes. */
const MAX_KEPT = 4 * 1024 * 1024

/** Cuts off what stands behind the last whole event, and keeps it in a file that is begun anew each time. */
export function repair(file: string): Mended {
  if (!existsSync(file)) return { repaired: { cutBytes: 0, keptIn: undefined }, last: undefined }
  const descriptor = openSync(file, 'r+')
  try {
    const { size } = statSync(file)
    const { end: whole, number: last } = lastEvent(descriptor, size)
    if (whole === size) return { repaired: { cutBytes: 0, keptIn: undefined }, last }
    const rest = Buffer.alloc(Math.min(MAX_KEPT, size - whole))
    readSync(descriptor, rest, 0, rest.length, size - rest.length)
    const keptIn = `${file}.cut`
    writeFileSync(keptIn, rest, { mode: 0o600 })
    ftruncateSync(descriptor, whole)
    return { repaired: { cutBytes: size - whole, keptIn }, last }
  } finally {
    closeSync(descriptor)
  }
}

/** Where the last line ends that is an event, and its number. Looks backwards, a line at a time. */
function lastEvent(descriptor: number, size: number): { end: number; number: number | undefined } {
  let end = size
  while (end > 0) {
    const start = startOfLine(descriptor, end - 1)
    const line = Buffer.alloc(end - start)
    readSync(descriptor, line, 0, line.length, start)
    const found = line.at(-1) === NEWLINE ? eventIn(line.toString('utf8', 0, line.length - 1)) : undefined
    if (found) return { end, number: found.number }
    end = start
  }
  return { end: 0, number: undefined }
}

function startOfLine(descriptor: number, before: number): number {
  const block = Buffer.alloc(BLOCK)
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
