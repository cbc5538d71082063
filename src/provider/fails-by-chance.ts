import type { ProviderConfig } from './config.ts'
import { configOfToday } from './former-names.ts'

/** Whether chance can let a call fail by the faults of the configuration. Windows have faults of their own. */
export function failsByChance(config: ProviderConfig): boolean {
  const { failRate, bursts, agents, models, services } = configOfToday(config)
  if (bursts !== undefined) return true
  const parts = [agents, models, services].flatMap((part) => Object.values(part ?? {}))
  return [{ failRate }, ...parts].some((part) => (part.failRate ?? 0) > 0)
}
