export { patternSystem } from './pattern.ts'
export { reportInto, type Report } from './report.ts'
export type { System, SystemContext, Vars } from './system.ts'
