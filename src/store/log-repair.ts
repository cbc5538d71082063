import { closeSync, existsSync, ftruncateSync, openSync, readSync, statSync, writeFileSync } from 'node:fs'
import { eventIn } from './event-lines.ts'

/** What was mended when a log was opened. */
export interface Repair {
  /** Bytes at the end that were no whole event: kept beside the log. */
  cutBytes: number
  keptIn: string | undefined
}

const BLOCK = 64 * 1024
const NEWLINE = 10
/** What is kept of what was cut off, its end first. Bytes. */
const MOST_KEPT = 4 * 1024 * 1024

/** Cuts off what stands behind the last whole event, and keeps it in a file that is begun anew each time. */
export function repair(file: string): Repair {
  if (!existsSync(file)) return { cutBytes: 0, keptIn: undefined }
  const descriptor = openSync(file, 'r+')
  try {
    const { size } = statSync(file)
    const whole = endOfLastEvent(descriptor, size)
    if (whole === size) return { cutBytes: 0, keptIn: undefined }
    const rest = Buffer.alloc(Math.min(MOST_KEPT, size - whole))
    readSync(descriptor, rest, 0, rest.length, size - rest.length)
    const keptIn = `${file}.cut`
    writeFileSync(keptIn, rest, { mode: 0o600 })
    ftruncateSync(descriptor, whole)
    return { cutBytes: size - whole, keptIn }
  } finally {
    closeSync(descriptor)
  }
}

/** Where the last line ends that is an event. Looks backwards, a line at a time. */
function endOfLastEvent(descriptor: number, size: number): number {
  let end = size
  while (end > 0) {
    const start = startOfLine(descriptor, end - 1)
    const line = Buffer.alloc(end - start)
    readSync(descriptor, line, 0, line.length, start)
    if (line.at(-1) === NEWLINE && eventIn(line.toString('utf8', 0, line.length - 1))) return end
    end = start
  }
  return 0
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
