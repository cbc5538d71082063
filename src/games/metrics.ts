import { PAYOFFS, type Move, type Payoffs } from './dilemma.ts'

/** The share of moves that cooperate, from 0 to 1; 0 for no moves. */
export const cooperationRate = (moves: readonly Move[]): number =>
  moves.length === 0 ? 0 : moves.filter((move) => move === 'C').length / moves.length

/** The Gini coefficient of what players have earned: 0 when all have the same, towards 1 when one has all. */
export function gini(scores: readonly number[]): number {
  const total = scores.reduce((sum, score) => sum + score, 0)
  if (scores.length === 0 || total === 0) return 0
  let differences = 0
  for (const a of scores) for (const b of scores) differences += Math.abs(a - b)
  return differences / (2 * scores.length * total)
}

/**
 * How far play is from the Nash equilibrium of the one-shot game, in which all defect: the Euclidean distance between the players'
 * mean payoffs a round and the equilibrium's. 0 in the equilibrium.
 */
export const distanceToNash = (scores: readonly number[], rounds: number, { P }: Payoffs = PAYOFFS): number =>
  rounds === 0 ? 0 : Math.hypot(...scores.map((score) => score / rounds - P))

/** What all earned, as a share of what all would have earned by cooperating always. */
export const socialWelfare = (scores: readonly number[], rounds: number, { R }: Payoffs = PAYOFFS): number =>
  rounds === 0 || scores.length === 0 ? 0 : scores.reduce((sum, score) => sum + score, 0) / (R * rounds * scores.length)
