// Names that the package had before it had entry points for their areas. They stay for those who import them from
// `longhaul`, as docs/stability.md says, and go with the next major version. They come from where the entry points have
// them from: through these, the root would load a file more for each.

export {
  /** @deprecated Import from 'longhaul/games' */
  cooperationRate,
  /** @deprecated Import from 'longhaul/games' */
  distanceToNash,
  /** @deprecated Import from 'longhaul/games' */
  gini,
  /** @deprecated Import from 'longhaul/games' */
  parseMove,
  /** @deprecated Import from 'longhaul/games' */
  PAYOFFS,
  /** @deprecated Import from 'longhaul/games' */
  playing,
  /** @deprecated Import from 'longhaul/games' */
  playMatch,
  /** @deprecated Import from 'longhaul/games' */
  socialWelfare,
  /** @deprecated Import from 'longhaul/games' */
  STRATEGIES,
  /** @deprecated Import from 'longhaul/games' */
  Tournament,
  /** @deprecated Import from 'longhaul/games' */
  tournamentFunctions,
  /** @deprecated Import from 'longhaul/games' */
  type Move,
  /** @deprecated Import from 'longhaul/games' */
  type PlayedRound,
  /** @deprecated Import from 'longhaul/games' */
  type StrategyName,
  /** @deprecated Import from 'longhaul/games' */
  type TournamentFunctions,
  /** @deprecated Import from 'longhaul/games' */
  type TournamentMetrics,
} from './games/index.ts'
export {
  /** @deprecated Import from 'longhaul/pattern' */
  loadPattern,
  /** @deprecated Import from 'longhaul/pattern' */
  patternJSONSchema,
  /** @deprecated Import from 'longhaul/pattern' */
  PatternNotFoundError,
  /** @deprecated Import from 'longhaul/pattern' */
  PatternSettingError,
  /** @deprecated Import from 'longhaul/pattern' */
  type Pattern,
} from './pattern/index.ts'
export {
  /** @deprecated Import from 'longhaul/pattern' */
  parseStrategy,
  /** @deprecated Import from 'longhaul/pattern' */
  PatternError,
  /** @deprecated Import from 'longhaul/pattern' */
  printStrategy,
  /** @deprecated Import from 'longhaul/pattern' */
  type Strategy,
  /** @deprecated Import from 'longhaul/pattern' */
  type StrategyOptions,
} from './strategy/index.ts'
export {
  /** @deprecated Import from 'longhaul/pattern' */
  patternSystem,
} from './systems/index.ts'
export {
  /** @deprecated Import from 'longhaul/orchestrator' */
  CompletionError,
  /** @deprecated Import from 'longhaul/orchestrator' */
  InvalidOrchestratorSettingError,
  /** @deprecated Import from 'longhaul/orchestrator' */
  OrchestrationError,
  /** @deprecated Import from 'longhaul/orchestrator' */
  Orchestrator,
  /** @deprecated Import from 'longhaul/orchestrator' */
  ResumeError,
} from './orchestrator/index.ts'
export {
  /** @deprecated Import from 'longhaul/orchestrator' */
  RunStore,
  /** @deprecated Import from 'longhaul/orchestrator' */
  StoreError,
  /** @deprecated Import from 'longhaul/orchestrator' */
  type Checkpoint,
} from './store/index.ts'
export {
  /** @deprecated Import from 'longhaul/daemon' */
  DaemonOrchestrationError,
  /** @deprecated Import from 'longhaul/daemon' */
  daemonSystem,
  /** @deprecated Import from 'longhaul/daemon' */
  type DaemonResult,
  /** @deprecated Import from 'longhaul/daemon' */
  type DaemonSettings,
} from './systems/index.ts'
