export { CHECKS, type CheckName } from './checks.ts'
export { checkSettings, InvalidCheckError, joinChecks, type CheckSettings, type Tuning } from './settings.ts'
export { findViolations, InvariantError, type Violation } from './violations.ts'
