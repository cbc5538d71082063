import { closeSync, openSync, readSync, writeSync } from 'node:fs'

const NUMBER = 8
const BYTES = 2 * NUMBER

/**
 * How often something was written to, in a file beside it. What was written to counts too: where it has counted less, its
 * newest part is gone, as when it was cut just where an earlier part ends, so that nothing of it looks damaged.
 */
export class CountFile {
  readonly #descriptor: number
  readonly #buffer = Buffer.alloc(BYTES)
  /** What the file said when it was opened. */
  readonly before: number
  /** From which one on they are kept, as it said then. */
  readonly keptBefore: number
  #keptFrom: number

  constructor(file: string) {
    this.#descriptor = openSync(file, 'a+', 0o600)
    closeSync(this.#descriptor)
    this.#descriptor = openSync(file, 'r+')
    const read = readSync(this.#descriptor, this.#buffer, 0, BYTES, 0)
    this.before = read === BYTES ? this.#buffer.readDoubleLE() : 0
    this.keptBefore = read === BYTES ? this.#buffer.readDoubleLE(NUMBER) : 1
    this.#keptFrom = this.keptBefore
  }

  /** It has been written to so often. What cannot be noted is noted with the next one. */
  note(count: number, keptFrom = this.#keptFrom): void {
    this.#keptFrom = keptFrom
    this.#buffer.writeDoubleLE(count)
    this.#buffer.writeDoubleLE(keptFrom, NUMBER)
    try {
      writeSync(this.#descriptor, this.#buffer, 0, BYTES, 0)
    } catch {
      // A disk that is full is told of by what was written to.
    }
  }

  close(): void {
    closeSync(this.#descriptor)
  }
}
