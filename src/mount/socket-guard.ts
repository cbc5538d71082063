import { Socket } from 'node:net'
import { replaceProperties, type Restore } from '../doors/index.ts'
import { isProviderHost, UnmountedProviderError } from './routes.ts'

/** Refuses connections to the hosts of real providers. */
export function guardSockets(): Restore {
  const { connect } = Socket.prototype
  function guarded(this: Socket, ...given: unknown[]): Socket {
    const [first] = Array.isArray(given[0]) ? (given[0] as unknown[]) : given
    const host = typeof first === 'object' && first !== null ? (first as { host?: string }).host : given[1]
    if (typeof host === 'string' && isProviderHost(host)) {
      // Not at once: a TLS socket is not complete before this returns.
      process.nextTick(() => this.destroy(new UnmountedProviderError(host)))
      return this
    }
    return Reflect.apply(connect, this, given) as Socket
  }
  return replaceProperties(Socket.prototype, { connect: guarded })
}
