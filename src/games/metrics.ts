import { PAYOFFS, type Move, type Payoffs } from './dilemma.ts'

/** The share of moves that cooperate, from 0 to 1; 0 for no moves. */
export const cooperationRate = (moves: readonly Move[]): number =>
  moves.length === 0 ? 0 : moves.filter((move) => move === 'C').length / moves.length

/** The Gini coefficient of the players' scores: 0 if all scores are equal, near 1 if one player has all. */
export function gini(scores: readonly number[]): number {
  const total = scores.reduce((sum, score) => sum + score, 0)
  if (scores.length === 0 || total === 0) return 0
  let differences = 0
  for (const a of scores) for (const b of scores) differences += Math.abs(a - b)
  return differences / (2 * scores.length * total)
}

/**
 * Distance from the Nash equilibrium of the one-shot game, in which all players defect: the Euclidean distance between
 * the players' mean payoffs per round and the payoffs in the equilibrium. 0 in the equilibrium.
 */
export const distanceToNash = (scores: readonly number[], rounds: number, { P }: Payoffs = PAYOFFS): number =>
  rounds === 0 ? 0 : Math.hypot(...scores.map((score) => score / rounds - P))

/** The total payoff, as a share of the total payoff if all players always cooperated. */
export const socialWelfare = (scores: readonly number[], rounds: number, { R }: Payoffs = PAYOFFS): number =>
  rounds === 0 || scores.length === 0 ? 0 : scores.reduce((sum, score) => sum + score, 0) / (R * rounds * scores.length)
