import type { History, Move, Strategy } from './dilemma.ts'

const last = (moves: readonly Move[]): Move => moves.at(-1) ?? 'C'

/** How fast adaptive tit for tat changes its mind. */
const ADAPTATION = 0.5
/** Generous tit for tat forgives with min(1 - (T-R)/(R-S), (R-P)/(T-P)), which is 1/3 for T5 R3 P1 S0. */
const GENEROSITY = 1 / 3

/** Its view of the other's kindness, from 0 to 1, moves towards each move that it sees. */
function kindness({ other }: History): number {
  return other.reduce((view, move) => view + ADAPTATION * ((move === 'C' ? 1 : 0) - view), 0.5)
}

/**
 * The nine usual strategies of the iterated prisoner's dilemma.
 *
 * Sources: Axelrod, "The Evolution of Cooperation" (1984); generous tit for tat and Pavlov: Nowak and Sigmund, Nature 355 (1992) and
 * 364 (1993); adaptive tit for tat: Tzafestas (2000); the exploiter is the "prober" of Mathieu et al. (1999).
 */
export const STRATEGIES = {
  always_cooperate: () => 'C',
  always_defect: () => 'D',
  random: (_, random) => (random() < 0.5 ? 'C' : 'D'),
  tit_for_tat: ({ other }) => last(other),
  generous_tit_for_tat: ({ other }, random) => (last(other) === 'D' && random() >= GENEROSITY ? 'D' : 'C'),
  /** Cooperates until the other defects once. */
  grim_trigger: ({ other }) => (other.includes('D') ? 'D' : 'C'),
  /** Wins: stays. Loses: shifts. */
  pavlov: ({ own, other }) => (last(own) === last(other) ? 'C' : 'D'),
  adaptive_tit_for_tat: (history) => (kindness(history) >= 0.5 ? 'C' : 'D'),
  /** Tries the other with D, C, C; exploits one that did not hit back, else plays tit for tat. */
  exploiter: ({ other }) => {
    if (other.length < 3) return other.length === 0 ? 'D' : 'C'
    return other[1] === 'C' && other[2] === 'C' ? 'D' : last(other)
  },
} as const satisfies Record<string, Strategy>

/** The name of a strategy. */
export type StrategyName = keyof typeof STRATEGIES
