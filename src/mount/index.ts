export { mountFetch, type Mount } from './fetch.ts'
export { UnmountedProviderError } from './routes.ts'
export { startServer, type ServerMount, type ServerOptions } from './server.ts'
