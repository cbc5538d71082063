import { InvalidOrchestratorSettingError } from '../setting-error.ts'
import type { ServiceSettings } from './settings.ts'

/** A model at a service. */
export interface Target {
  /** Such as `openai/gpt-4o-mini`. */
  name: string
  provider: string
  model: string
  service: ServiceSettings
}

/** Short names of models, as the CLI of Claude and the KSI daemon know them. */
const ALIASES: Readonly<Record<string, string>> = {
  sonnet: 'claude-sonnet-4-5',
  opus: 'claude-opus-4-5',
  haiku: 'claude-haiku-4-5',
}
/** Ways to a model that are no service of their own: `claude-cli/sonnet`, `litellm/gpt-4o`. */
const VIA = /^(?:claude-cli|litellm)\/(?=.)/

/** Reads `'gpt-4o-mini'`, `'claude-haiku-4-5'`, `'service/model'`, `'sonnet'` or `'claude-cli/sonnet'`. */
export function targetOf(asked: string, services: Readonly<Record<string, ServiceSettings>>): Target {
  const direct = Object.hasOwn(services, asked.split('/')[0]!) ? asked : asked.replace(VIA, '')
  const given = Object.hasOwn(ALIASES, direct) ? ALIASES[direct]! : direct
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
