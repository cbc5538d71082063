/** Thrown for an invalid setting of the orchestrator. */
export class InvalidOrchestratorSettingError extends Error {
  override readonly name = 'InvalidOrchestratorSettingError'
  readonly code = 'LONGHAUL_INVALID_ORCHESTRATOR'
  constructor(setting: string, given: unknown, wanted: string) {
    super(`The orchestrator's setting ${setting} is ${shown(given)}. Give ${wanted}.`)
  }
}

/** JSON has no NaN and no infinity; who gave one is to see it. */
const shown = (given: unknown): string => (typeof given === 'number' ? String(given) : JSON.stringify(given))
