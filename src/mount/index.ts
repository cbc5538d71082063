export { mountFetch } from './fetch.ts'
export type { Mount } from './mount.ts'
export { UnmountedProviderError } from './routes.ts'
export { startServer, type ServerMount, type ServerOptions } from './server.ts'
