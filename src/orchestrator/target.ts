import type { ServiceSettings } from './settings.ts'
import { InvalidOrchestratorSettingError } from './settle.ts'

/** A model at a service. */
export interface Target {
  /** Such as `openai/gpt-4o-mini`. */
  name: string
  provider: string
  model: string
  service: ServiceSettings
}

/** Reads `'gpt-4o-mini'`, `'claude-haiku-4-5'` or `'service/model'`. */
export function targetOf(given: string, services: Readonly<Record<string, ServiceSettings>>): Target {
  const slash = given.indexOf('/')
  const named = slash > 0 && Object.hasOwn(services, given.slice(0, slash)) ? given.slice(0, slash) : undefined
  const provider = named ?? (given.startsWith('claude') ? 'anthropic' : 'openai')
  const model = named === undefined ? given : given.slice(slash + 1)
  const service = Object.hasOwn(services, provider) ? services[provider] : undefined
  if (!service || model === '')
    throw new InvalidOrchestratorSettingError(
      'model',
      given,
      `a model, or service/model with one of ${Object.keys(services).join(', ')}`,
    )
  return { name: `${provider}/${model}`, provider, model, service }
}
