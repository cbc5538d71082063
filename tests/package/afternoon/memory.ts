import { readFile, rename, writeFile } from 'node:fs/promises'

/** What the team has been answered, by the step that asked: a JSON file, so that a restart does not pay for it again. */
export class Memory {
  readonly #file: string
  readonly #steps: Record<string, unknown>
  #written: Promise<void> = Promise.resolve()

  private constructor(file: string, steps: Record<string, unknown>) {
    this.#file = file
    this.#steps = steps
  }

  static async open(file: string): Promise<Memory> {
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '{}'
      throw error
    })
    return new Memory(file, JSON.parse(text) as Record<string, unknown>)
  }

  /** The result of a step: remembered, or worked out now and on disk before anything is made of it. */
  async once<T>(step: string, work: () => Promise<T>): Promise<T> {
    if (step in this.#steps) return this.#steps[step] as T
    const result = await work()
    this.#steps[step] = result
    await this.#write()
    return result
  }

  /** All results that are remembered. */
  values(): unknown[] {
    return Object.values(this.#steps)
  }

  /** One write after another, each of the whole file, which is never seen half written. */
  #write(): Promise<void> {
    this.#written = this.#written.then(async () => {
      await writeFile(`${this.#file}.new`, JSON.stringify(this.#steps))
      await rename(`${this.#file}.new`, this.#file)
    })
    return this.#written
  }
}
