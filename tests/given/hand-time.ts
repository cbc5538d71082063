import type { Timekeeper } from '../../src/orchestrator/service/time.ts'

/** A clock that is moved by hand: `pass` fires what is due, in order, and lets what follows happen. */
export class HandTime implements Timekeeper {
  #now = 0
  #due: { at: number; action: () => void }[] = []

  now(): number {
    return this.#now
  }

  after(ms: number, action: () => void): () => void {
    const timer = { at: this.#now + ms, action }
    this.#due.push(timer)
    return () => void (this.#due = this.#due.filter((each) => each !== timer))
  }

  async pass(ms: number): Promise<void> {
    const until = this.#now + ms
    await settled()
    for (;;) {
      const [next] = this.#due.filter(({ at }) => at <= until).toSorted((a, b) => a.at - b.at)
      if (!next) break
      this.#due = this.#due.filter((each) => each !== next)
      this.#now = Math.max(this.#now, next.at)
      next.action()
      await settled()
    }
    this.#now = until
    await settled()
  }
}

/** All that follows at once has happened. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
