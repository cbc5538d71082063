export type { Check } from './check.ts'
export { CHECKS, type CheckName } from './checks.ts'
export { checkSettings, InvalidCheckError, joinChecks, type CheckSettings, type CheckTuning } from './settings.ts'
export { findViolations, InvariantError, type Violation } from './violations.ts'
