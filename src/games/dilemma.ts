/** Cooperate or defect. */
export type Move = 'C' | 'D'

/** The earlier moves of two players, oldest first. */
export interface History {
  /** The player's own moves. */
  own: readonly Move[]
  /** The moves of the other player. */
  other: readonly Move[]
}

/** Payoffs of the prisoner's dilemma: temptation, reward, punishment, sucker. */
export interface Payoffs {
  /** Temptation: a defector against a cooperator. */
  T: number
  /** Reward: both players cooperate. */
  R: number
  /** Punishment: both players defect. */
  P: number
  /** Sucker: a cooperator against a defector. */
  S: number
}

/** Axelrod's payoffs. Source: Axelrod, "The Evolution of Cooperation" (1984). */
export const PAYOFFS: Payoffs = { T: 5, R: 3, P: 1, S: 0 }

/** The payoff of a move against another move. */
export function payoff(own: Move, other: Move, { T, R, P, S }: Payoffs = PAYOFFS): number {
  if (own === 'C') return other === 'C' ? R : S
  return other === 'C' ? T : P
}

/** A way to play. Pure: the same history and draws give the same move. `random` gives numbers in [0, 1). */
export type Strategy = (history: History, random: () => number) => Move

/** A match of two strategies. */
export interface Match {
  /** The moves of both players, one pair for each round. */
  moves: readonly (readonly [Move, Move])[]
  /** The total payoffs of both players. */
  scores: readonly [number, number]
}

const flipped = (move: Move): Move => (move === 'C' ? 'D' : 'C')

/**
 * Plays two strategies against each other. `noise` is the chance, from 0 to 1, that a move is executed as the opposite one
 * (default 0). `random` gives draws in [0, 1) for noise and for strategies that use chance (default: always 0.5).
 *
 * @example
 * ```ts
 * playMatch(STRATEGIES.tit_for_tat, STRATEGIES.always_defect, { rounds: 100 }).scores // [99, 104]
 * ```
 */
export function playMatch(
  a: Strategy,
  b: Strategy,
  {
    rounds,
    noise = 0,
    random = () => 0.5,
    payoffs = PAYOFFS,
  }: { rounds: number; noise?: number; random?: () => number; payoffs?: Payoffs },
): Match {
  const moves: [Move, Move][] = []
  const mine: Move[] = []
  const theirs: Move[] = []
  let scoreA = 0
  let scoreB = 0
  const noisy = (move: Move): Move => (noise > 0 && random() < noise ? flipped(move) : move)
  for (let round = 0; round < rounds; round++) {
    const moveA = noisy(a({ own: mine, other: theirs }, random))
    const moveB = noisy(b({ own: theirs, other: mine }, random))
    mine.push(moveA)
    theirs.push(moveB)
    moves.push([moveA, moveB])
    scoreA += payoff(moveA, moveB, payoffs)
    scoreB += payoff(moveB, moveA, payoffs)
  }
  return { moves, scores: [scoreA, scoreB] }
}
