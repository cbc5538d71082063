export { DaemonOrchestrationError, daemonSystem, type DaemonResult, type DaemonSettings } from './daemon.ts'
export { patternSystem, type PatternSettings } from './pattern.ts'
export { reportInto, type Report } from './report.ts'
export type { Controls, System, SystemContext, Vars } from './system.ts'
