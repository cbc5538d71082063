import { appendFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { asideOf, nextAside } from '../store/index.ts'
import type { TraceEvent } from '../trace/index.ts'
import { endOf } from './log-end.ts'
import { logLine } from './log-line.ts'

const MAX_BYTES = 8 * 1024 * 1024
const MAX_LINE = 10_000
/** Files that were put aside and are kept. */
const KEEP = 5

/** So much of the end of the log has its last line. Bytes. */
const END = 2 * MAX_LINE

/** When the last line of a log was written, in Unix milliseconds by the clock of its daemon; 0 for a log without one. */
export function lastTimeIn(file: string): number {
  try {
    const times = [...endOf(file, END).matchAll(/^(\d{4,}-\d\d-\d\dT[\d:.]+Z) /gm)]
    return Date.parse(times.at(-1)?.[1] ?? '') || 0
  } catch {
    return 0
  }
}

/** The daemon's own log: a line for each thing that somebody who watches it may want to see. */
export class DaemonLog {
  readonly file: string

  constructor(file: string) {
    this.file = file
  }

  /** Writes what there is to tell of an event of a run, or of the daemon itself. */
  event(run: string | null, event: TraceEvent): void {
    const text = logLine(event)
    if (text !== undefined) this.say(`${run ?? 'daemon'} ${text}`)
  }

  /** Writes a line. One that cannot be written is lost. */
  say(text: string): void {
    try {
      if ((statSync(this.file, { throwIfNoEntry: false })?.size ?? 0) > MAX_BYTES) this.#rotate()
      const line = text.slice(0, MAX_LINE).replaceAll(/[\r\n]+/g, ' ')
      appendFileSync(this.file, `${new Date().toISOString()} ${line}\n`, { mode: 0o600 })
    } catch {
      // A disk that is full is told of by system:health.
    }
  }

  #rotate(): void {
    renameSync(this.file, nextAside(this.file))
    for (const { file } of asideOf(this.file).slice(0, -KEEP)) rmSync(file)
  }
}
