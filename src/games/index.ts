export {
  PAYOFFS,
  payoff,
  playMatch,
  type History,
  type Match,
  type Move,
  type Payoffs,
  type Strategy,
} from './dilemma.ts'
export { tournamentFunctions, type TournamentFunctions } from './functions.ts'
export { cooperationRate, distanceToNash, gini, socialWelfare } from './metrics.ts'
export { playing } from './player.ts'
export { briefing, parseMove } from './speech.ts'
export { STRATEGIES, type StrategyName } from './strategies.ts'
export { Tournament, type PlayedRound, type TournamentMetrics } from './tournament.ts'
