import type { Move, Payoffs } from './dilemma.ts'
import { Tournament, type PlayedRound, type TournamentMetrics } from './tournament.ts'

/**
 * The functions by which a pattern plays a tournament. `history` contains the moves of the earlier rounds, oldest
 * first; the pattern keeps it.
 */
export type TournamentFunctions = {
  /** The text for a player before a round. */
  briefing(player: string, round: number, history: readonly Readonly<Record<string, Move>>[]): string
  /** Plays a round by the answers of a `GATHER`. */
  play(
    round: number,
    answers: readonly { agent: string; text: string }[],
    history: readonly Readonly<Record<string, Move>>[],
  ): PlayedRound
  /** Computes the metrics of the rounds in a history. */
  metrics(history: readonly Readonly<Record<string, Move>>[]): TournamentMetrics
}

/**
 * The functions of a tournament, for `orchestrator.functions`. Their results depend only on their arguments, so that a
 * resumed run has the same scores.
 *
 * @example
 * ```ts
 * const orchestrator = { functions: () => tournamentFunctions(['player_1', 'player_2']) }
 * ```
 */
export function tournamentFunctions(
  players: readonly string[],
  options: { payoffs?: Payoffs; fallback?: Move } = {},
): TournamentFunctions {
  // Remembers the rounds that it was given, so that they are not played anew at every call.
  const tournament = new Tournament(players, options)
  return {
    briefing: (player, round, history) => tournament.replay(history).briefing(player, round),
    play: (round, answers, history) => tournament.replay(history).play(round, answers),
    metrics: (history) => tournament.replay(history).metrics,
  }
}
