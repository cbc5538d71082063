import type { Route } from './routes.ts'

/** A request as a mount has received it. */
export interface Incoming {
  method: string
  route: Route
  header(name: string): string | undefined
  /** The body as text. */
  text: string
  /** Whether it is part of a batch, and costs half. */
  batch?: boolean
  /** Whether the client is in another process or thread, whose clock is not the simulated one. */
  ownTime?: boolean
  /** How many times as fast as the client's clock the provider's one runs: times in headers are the client's. Default 1. */
  pace?: number
}
