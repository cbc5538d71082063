import { hang } from './door.ts'
import { hasOwnDispatcher } from './dispatcher.ts'
import { isRefusal } from './inside.ts'
import { behind } from './stand.ts'

type Fetch = typeof globalThis.fetch
type Init = RequestInit & { dispatcher?: unknown }

/**
 * Hangs the door of the global `fetch`: simulated services answer at once, without the way through sockets. What is to go another
 * way, by a dispatcher, goes it, and meets the doors of sockets at its end.
 */
export function hangFetch(): void {
  hang('fetch', globalThis, 'fetch', (real) => {
    return function fetch(...given: Parameters<Fetch>): Promise<Response> {
      const { network } = behind
      if (!network) return Reflect.apply(real, undefined, given) as Promise<Response>
      const init = given[1] as Init | undefined
      const answer = !init?.dispatcher && !hasOwnDispatcher() ? network.fetch(given[0], init) : undefined
      return answer ?? (Reflect.apply(real, undefined, given) as Promise<Response>).catch(unwrap)
    }
  })
}

/** What was refused says why, and not only that the fetch has failed. */
function unwrap(error: unknown): never {
  const { cause } = (error ?? {}) as { cause?: unknown }
  throw isRefusal(cause) ? cause : error
}
