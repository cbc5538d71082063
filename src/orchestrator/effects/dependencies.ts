import type { Json, Options } from '../../strategy/index.ts'
import type { Trace } from '../../trace/index.ts'
import type { ResolvedOrchestratorSettings, StrategyFunction } from '../settings.ts'
import type { AgentAnswer } from '../team/answer.ts'
import type { BusEvent } from '../team/bus.ts'
import type { Recipients } from '../team/recipients.ts'
import type { Team } from '../team/team.ts'
import type { Queried, Tracked } from './query.ts'

/** What a gather stands on. */
export interface GatherDependencies {
  team: Team
  trace: Pick<Trace, 'append' | 'length'>
  /** Aborted at the end of the run. */
  signal: AbortSignal
  /** The number of the effect. */
  effect: number
  /** How long ago the effect began, before a restart. Milliseconds. */
  elapsedMs: number
  /** Keeps questions that go on after their gather, so that the run can end them, and that a restart asks them again. */
  goesOn: (questions: Promise<unknown>) => void
  /** Takes an answer that came late. */
  keepLate: (answer: AgentAnswer) => void
}

/** What effects are carried out with. */
export interface EffectDependencies extends GatherDependencies {
  team: Team
  settings: ResolvedOrchestratorSettings
  /** Keeps work that goes on after the effect, so that the run can end it. */
  background: (work: Promise<unknown>) => void
  trace: Pick<Trace, 'append' | 'length'>
  /** What CALL finds. */
  functions: Readonly<Record<string, StrategyFunction>>
  /** The agent that lines in plain language are asked of. */
  orchestratingAgent: () => string
  /** GATHER asks one agent after another where it does not say. */
  sequential: boolean
  /** Makes agents and adds them to the variable `agents`. Gives the name, or the names where several were asked for. */
  spawn: (name: string | null, options: Options) => Json
  /** Whom messages of the strategy may be for: "all" leaves the orchestrating agents out. */
  recipients: Recipients
  /** Remembers what TRACK notes. */
  track: (entry: Tracked) => void
  queried: () => Queried
  /** Aborted when the run is to stop as soon as what is under way has ended. */
  pausing: AbortSignal
  /** The effect stands still until the run stops; it goes on with it. Never resolves. */
  pause: () => Promise<never>
  /** The agents speak one after another in a pattern without a strategy. */
  inTurns: boolean
  /** What the effect has heard so far, also before a restart. */
  heard: BusEvent[]
}
