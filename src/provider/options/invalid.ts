/** Thrown for an invalid set-up of the simulated provider. */
export class InvalidProviderConfigError extends Error {
  override readonly name = 'InvalidProviderConfigError'
  readonly code = 'LONGHAUL_INVALID_PROVIDER'
}

const MAX_SHOWN = 60

/** A value as a message shows it. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, MAX_SHOWN))
  if (typeof value === 'function') return 'a function'
  if (typeof value !== 'object' || value === null) return String(value)
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  return value.constructor === Object || value.constructor === undefined ? 'an object' : `a ${value.constructor.name}`
}

/**
 * Refuses an option.
 *
 * @param where the option, as a user finds it: `provider.agents.ann.latency`
 * @param give what to give in its place, as a sentence
 * @throws InvalidProviderConfigError
 */
export function refuseOption(where: string, given: unknown, give: string): never {
  throw new InvalidProviderConfigError(`${where} is ${shown(given)}. ${give}`)
}
