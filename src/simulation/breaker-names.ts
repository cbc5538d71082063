import { listedModel } from '../money/index.ts'
import { SERVICE_NAMES } from '../mount/index.ts'
import type { ProviderConfig } from '../provider/index.ts'
import type { Trace } from '../trace/index.ts'
import { nameIn, PARTS, type Part } from './known-names.ts'
import { isMisspelt } from './misspelt.ts'
import { agentsSeen, namesIn } from './set-up.ts'

/** The name of a circuit breaker that is that of no service, model or agent, and the name that may be meant. */
interface StrangeBreaker {
  name: string
  meant: string | undefined
}

/** Names by which a system has reported circuit breakers, and that are no names of what a call is of. */
export function strangeBreakers(config: ProviderConfig, trace: Trace, declared: readonly string[]): StrangeBreaker[] {
  const targets = new Set(trace.ofType('breaker.changed').map(({ target }) => target))
  if (targets.size === 0) return []
  const calls = trace.ofType('call.arrived')
  const known = (part: Part): Set<string> =>
    new Set([...calls.map((call) => nameIn(call, part)), ...namesIn(config, part)])
  const services = new Set([...known('services'), ...SERVICE_NAMES])
  const names = new Set([...PARTS.flatMap((part) => [...known(part)]), ...services, ...declared, ...agentsSeen(trace)])
  const isListed = (model: string): boolean =>
    [...services].some((service) => listedModel(service, model) !== undefined)
  const isOfService = (name: string): boolean => services.has(name.slice(0, Math.max(0, name.indexOf('/'))))
  return [...targets]
    .filter((name) => !names.has(name) && !isOfService(name) && !isListed(name))
    .map((name) => ({ name, meant: [...names].find((other) => isMisspelt(name, other)) }))
}
