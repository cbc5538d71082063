import { loadPattern, resolveAgents, resolveVariables, type PatternText } from '../pattern/index.ts'
import type { AgentConfig, ProviderConfig } from '../provider/index.ts'
import { readLatency } from '../systems/simulated-services.ts'
import type { Vars } from '../systems/index.ts'

/** What of a test's options says how fast its agents are. */
interface Paced {
  pattern?: string | PatternText | undefined
  vars?: Vars
  provider?: ProviderConfig
}

/**
 * The agents of a provider, with the paces that the pattern says by their variable `response_time`. What the test itself says of latencies
 * goes before: of an agent alone, or of all.
 */
export function pacedAgents({ pattern, vars = {}, provider = {} }: Paced): Pick<ProviderConfig, 'agents'> {
  const { agents = {}, latency } = provider
  if (pattern === undefined || latency !== undefined) return {}
  const paced: Record<string, AgentConfig> = {}
  try {
    const loaded = loadPattern(pattern)
    for (const { name, vars: own = {} } of resolveAgents(loaded, resolveVariables(loaded, vars)))
      if (typeof own['response_time'] === 'string') paced[name] = { latency: readLatency(own['response_time']) }
  } catch {
    // A pattern that cannot be read, or run so, is told of when it is started.
    return {}
  }
  if (Object.keys(paced).length === 0) return {}
  for (const [name, config] of Object.entries(agents)) paced[name] = { ...paced[name], ...config }
  return { agents: paced }
}
