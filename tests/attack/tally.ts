/** What an attack may not find; each is told where it is found. */
export type Finding = 'death' | 'hang' | 'foreign error' | 'silent loss'

/** Answers that take longer are hangs. Milliseconds. */
export const HANG_MS = 1_000
const MAX_TOLD = 20

/** Texts of the engine, of SQLite and of Node: nobody whom we answer should have to know them. */
const FOREIGN =
  /Cannot (?:read|set|convert|mix|destructure|access)|is not (?:a function|iterable|defined|a constructor)|Maximum call stack|Invalid (?:string|array) length|\b(?:Type|Range|Reference|Syntax)Error\b|\bERR_[A-Z]|SQLITE|SQL variables|datatype mismatch|out of memory|toString is|valueOf is|\bat .*\.ts:\d/

/** Whether what is said is said in somebody else's words. */
export const isForeign = (text: string): boolean => FOREIGN.test(text)

/** How often this process looks whether the machine lets it work. Milliseconds. */
const LOOK_MS = 20

/** How long this process itself has stood still so far, as on a machine that is busy with others. Milliseconds. */
let stoodStill = 0
let looked = performance.now()
setInterval(() => {
  const now = performance.now()
  stoodStill += Math.max(0, now - looked - 2 * LOOK_MS)
  looked = now
}, LOOK_MS).unref()

/** Measures how long something takes, without the time in which this process stood still itself. */
export function stopwatch(): () => number {
  const [began, before] = [performance.now(), stoodStill]
  return () => Math.max(0, performance.now() - began - (stoodStill - before))
}

/** Counts what was tried, and what was found. */
export class Tally {
  readonly found = new Map<Finding, number>()
  tried = 0
  slowestMs = 0
  readonly #hangMs: number
  #told = 0

  /** @param hangMs answers that take longer are hangs: more on machines that are slow and busy */
  constructor(hangMs = HANG_MS) {
    this.#hangMs = hangMs
  }

  add(finding: Finding, what: string): void {
    this.found.set(finding, (this.found.get(finding) ?? 0) + 1)
    if ((this.#told += 1) <= MAX_TOLD) process.stdout.write(`  FOUND ${finding}: ${what.slice(0, 400)}\n`)
  }

  /** An answer has come. */
  answered(ms: number, text: string, asked: string): void {
    this.tried += 1
    this.slowestMs = Math.max(this.slowestMs, ms)
    if (ms > this.#hangMs) this.add('hang', `${Math.round(ms)} ms for ${asked.slice(0, 200)}`)
    if (isForeign(text)) this.add('foreign error', `${text.slice(0, 200)} for ${asked.slice(0, 200)}`)
  }

  /** Adds what another one has counted. */
  join({ found, tried, slowestMs }: Tally): void {
    for (const [finding, count] of found) this.found.set(finding, (this.found.get(finding) ?? 0) + count)
    this.tried += tried
    this.slowestMs = Math.max(this.slowestMs, slowestMs)
  }

  get isClean(): boolean {
    return this.found.size === 0
  }

  get verdict(): string {
    const count = (finding: Finding): string => `${this.found.get(finding) ?? 0} ${finding}s`
    return [
      count('death'),
      count('hang'),
      count('foreign error'),
      `${this.found.get('silent loss') ?? 0} silent losses`,
    ].join(', ')
  }
}
