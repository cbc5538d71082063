import type { KeyedRandom } from '../random/index.ts'
import type { CallRequest } from './call.ts'
import type { Personas } from './personas.ts'

/** Tokens that a model thinks in the median, by the effort that is asked for. */
const MEDIAN_TOKENS: Readonly<Record<string, number>> = {
  none: 0,
  minimal: 32,
  low: 160,
  medium: 640,
  high: 2_048,
  xhigh: 6_144,
  max: 8_192,
}
const DEFAULT_EFFORT = 'medium'
/** How much shorter or longer than the median thoughts are at most; their logarithms are uniform. */
const SPREAD = 4
/** Phrases of thoughts that are told: services sum up what their models have thought. */
const PHRASES = 3

/** What a model thinks before it answers. */
export interface Thoughts {
  /** Tokens of all thoughts. */
  tokens: number
  /** What is told of them. */
  text: string
}

const NO_THOUGHTS: Thoughts = { tokens: 0, text: '' }

/**
 * What a model thinks before it answers: nothing where it is not asked to, else as much as its effort says and chance makes of it,
 * within its budget.
 *
 * @param lane what its luck is keyed by
 */
export function thoughtsOf(
  { reasoning }: Pick<CallRequest, 'reasoning'>,
  { lane, nth, random, personas }: { lane: string; nth: number; random: KeyedRandom; personas: Personas },
): Thoughts {
  if (!reasoning) return NO_THOUGHTS
  const { effort = DEFAULT_EFFORT, budget = Number.POSITIVE_INFINITY } = reasoning
  const median = MEDIAN_TOKENS[effort.toLowerCase()] ?? MEDIAN_TOKENS[DEFAULT_EFFORT]!
  const drawn = Math.round(median * SPREAD ** (2 * random.draw(`reasoning/${lane}`, nth) - 1))
  const tokens = Math.max(0, Math.min(drawn, Math.floor(budget)))
  return tokens === 0 ? NO_THOUGHTS : { tokens, text: personas.phrases(`thoughts/${lane}`, nth, PHRASES) }
}
