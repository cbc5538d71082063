import { tournamentFunctions } from '../../games/index.ts'
import { suggestion } from '../../options/index.ts'
import type { FunctionLibrary, OrchestratorSettings, StrategyFunction } from '../settings.ts'
import { InvalidOrchestratorSettingError } from '../setting-error.ts'

/** Libraries that come with longhaul. */
const LIBRARIES: Readonly<Record<string, FunctionLibrary>> = {
  /** `briefing`, `play` and `metrics` of the iterated prisoner's dilemma among the agents. */
  game_theory: (agents) => tournamentFunctions(agents),
}

/** Who asks for functions. */
interface Caller {
  /** The libraries that the pattern names. */
  names: readonly string[]
  /** The agents of the run, the orchestrating one left out. */
  agents: readonly string[]
}

/**
 * What `CALL` finds in a run: the libraries that its pattern names, and what the settings give, which goes before.
 *
 * @throws InvalidOrchestratorSettingError for a library that nobody knows
 */
export function functionsOf(
  { functions = {}, libraries = {} }: OrchestratorSettings,
  { names, agents }: Caller,
): Readonly<Record<string, StrategyFunction>> {
  const known = { ...LIBRARIES, ...libraries }
  const named = names.map((name) => {
    if (Object.hasOwn(known, name)) return known[name]!(agents)
    throw new InvalidOrchestratorSettingError('functions', name, `a library. ${suggestion(name, Object.keys(known))}`)
  })
  return Object.assign({}, ...named, typeof functions === 'function' ? functions(agents) : functions) as Record<
    string,
    StrategyFunction
  >
}
