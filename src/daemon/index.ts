export { NoDaemonError, send, type DaemonAnswer } from './client.ts'
export { daemonPaths, type DaemonPaths } from './paths.ts'
export { isAnswering, startDaemon, type Daemon } from './server.ts'
