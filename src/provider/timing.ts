import type { Milliseconds } from '../clock/index.ts'
import type { KeyedRandom } from '../random/index.ts'
import { timingOfSpeed, timingOfTotal, type Timing } from './latency.ts'
import type { OpenCall } from './open-call.ts'
import type { Settings } from './settings.ts'

/** Draws how long calls take. */
export class Timings {
  readonly #settings: Settings
  readonly #random: KeyedRandom

  constructor(settings: Settings, random: KeyedRandom) {
    this.#settings = settings
    this.#random = random
  }

  /** When the answer to a call begins and ends. The same whenever it is asked. */
  of({ request, caller, nth, model, input, scale }: OpenCall, outputTokens: number): Timing {
    const settings = this.#settings
    const distribution =
      request.dimensions === undefined
        ? settings.latencyOf(caller.agent, request, model!)
        : settings.embeddingLatency(caller.agent, request)
    const u = distribution?.kind === 'constant' ? 0 : this.#random.draw(`latency/${caller.agent}`, nth)
    if (distribution) return timingOfTotal(stretch(distribution.quantile(u), scale))
    const { timeToFirstToken, tokensPerSecond, prefillTokensPerSecond = Number.POSITIVE_INFINITY } = model!.speed!
    const readMs = ((input.input - input.cachedInput) / prefillTokensPerSecond) * 1_000
    return timingOfSpeed(
      stretch(settings.distribution(timeToFirstToken).quantile(u) + readMs, scale),
      tokensPerSecond / scale,
      outputTokens,
    )
  }
}

/** A factor on a latency that may be infinite. */
const stretch = (ms: Milliseconds, factor: number): Milliseconds => (Number.isFinite(ms) ? ms * factor : ms)
