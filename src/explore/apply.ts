import type { Duration } from '../clock/index.ts'
import {
  configOfToday,
  constant,
  DEFAULT_MIX,
  type Behaviour,
  type Latency,
  type ProviderConfig,
} from '../provider/index.ts'
import type { OrchestrationOptions } from '../simulation/options.ts'
import type { Case } from './case.ts'

const isNever = (latency: Latency | undefined): boolean => typeof latency === 'object' && latency.kind === 'never'

/** The same behaviour with a simple latency; who never answers still does not. */
function simple<Given extends Behaviour>(given: Given, latency: Latency): Given {
  return isNever(given.latency) || given.latency === undefined ? given : { ...given, latency }
}

const each = <Given extends Behaviour>(
  given: Readonly<Record<string, Given>> | undefined,
  latency: Latency,
): Readonly<Record<string, Given>> | undefined =>
  given && Object.fromEntries(Object.entries(given).map(([name, behaviour]) => [name, simple(behaviour, latency)]))

function simplified(config: ProviderConfig, given: Duration): ProviderConfig {
  const latency = constant(given)
  const { agents, models, services } = config
  return {
    ...config,
    ...(!isNever(config.latency) && { latency }),
    ...(agents && { agents: each(agents, latency)! }),
    ...(models && { models: each(models, latency)! }),
    ...(services && { services: each(services, latency)! }),
  }
}

/** What of an orchestration's options a case changes. */
type Changed = Pick<OrchestrationOptions, 'provider' | 'agents' | 'vars' | 'clock'>

/** Options of an orchestration as a case wants them. */
export function applyCase<Options extends Changed>(options: Options, of: Case): Options {
  const { provider = {} } = options
  const mix = provider.faults ?? DEFAULT_MIX
  const faults = of.faults && Object.fromEntries(of.faults.map((name) => [name, mix[name] ?? 1]))
  const config: ProviderConfig = {
    ...(of.latency === undefined ? provider : simplified(configOfToday(provider), of.latency)),
    ...(faults && { faults }),
    ...(of.schedule && { schedule: of.schedule }),
  }
  return {
    ...options,
    provider: config,
    ...(of.vars && { vars: { ...options.vars, ...of.vars } }),
    ...(of.agents && { agents: of.agents }),
    ...(of.epoch !== undefined && { clock: { epoch: of.epoch, ...options.clock } }),
  }
}
