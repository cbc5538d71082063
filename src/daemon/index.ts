// What a client of the daemon needs. The daemon itself is loaded by who runs it (`server.ts`): it takes a third of a second.
export { DaemonSilentError, isAnswering, NoDaemonError, send, type DaemonAnswer } from './client.ts'
export { daemonPaths, makeFolders, ownerOnly, type DaemonPaths, type Layout } from './paths.ts'
export { follow, type Following } from './follow.ts'
export { endOf } from './log-end.ts'
export { logLine } from './log-line.ts'
export type { LoggedEvent } from './logged-event.ts'
export { patientFetch } from './patient-fetch.ts'
