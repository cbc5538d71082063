/**
 * `longhaul/games`: the iterated prisoner's dilemma, as players, functions of a pattern, and metrics.
 *
 * @packageDocumentation
 */
export {
  briefing,
  cooperationRate,
  distanceToNash,
  gini,
  parseMove,
  payoff,
  PAYOFFS,
  playing,
  playMatch,
  socialWelfare,
  STRATEGIES,
  Tournament,
  tournamentFunctions,
  type History,
  type Match,
  type Move,
  type Payoffs,
  type PlayedRound,
  type Strategy,
  type StrategyName,
  type TournamentFunctions,
  type TournamentMetrics,
} from '../games/index.ts'
