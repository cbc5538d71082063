import { parseDuration, type Duration, type Milliseconds } from '../clock/index.ts'
import type { KeyedRandom } from '../random/index.ts'

/** Failures in bursts: an on/off Markov chain in continuous time. The lengths of bursts and pauses are exponential. */
export interface Bursts {
  /** Mean length of a burst. */
  meanOn: Duration
  /** Mean length of the pause between two bursts. */
  meanOff: Duration
  /** Share of calls that fail in a burst. Default 0.9. */
  failRate?: number
}

const DEFAULT_RATE = 0.9

/** Tells when bursts are on. */
export class BurstTimes {
  readonly #random: KeyedRandom
  /** Mean lengths: of the quiet, and of a burst. */
  readonly #means: readonly [Milliseconds, Milliseconds]
  readonly #rate: number
  /** Times at which bursts begin and end, in turn, as far as they have been needed. */
  readonly #edges: Milliseconds[] = []

  constructor({ meanOn, meanOff, failRate = DEFAULT_RATE }: Bursts, random: KeyedRandom) {
    this.#means = [parseDuration(meanOff), parseDuration(meanOn)]
    this.#rate = failRate
    this.#random = random
  }

  /** Share of calls that fail at a time. */
  rateAt(at: Milliseconds): number {
    const edges = this.#edges
    while ((edges.at(-1) ?? 0) <= at) {
      const nth = edges.length
      const length = -Math.log(1 - this.#random.draw('bursts', nth)) * this.#means[nth % 2]!
      edges.push((edges.at(-1) ?? 0) + length)
    }
    return edges.findIndex((edge) => edge > at) % 2 === 1 ? this.#rate : 0
  }
}
