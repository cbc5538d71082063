// What a client of the daemon needs. The daemon itself is loaded by who runs it (`server.ts`): it takes a third of a second.
export { isAnswering, NoDaemonError, send } from './client.ts'
export { daemonPaths, makeFolders, type DaemonPaths, type Layout } from './paths.ts'
