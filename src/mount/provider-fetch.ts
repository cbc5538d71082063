import type { Provider } from '../provider/index.ts'
import { answerFetch } from './fetch.ts'
import { UnmountedProviderError } from './outside.ts'
import { addressesOf, isProviderHost } from './routes.ts'

/**
 * A `fetch` that the provider answers within this process, for clients that are given one: no global is replaced, no socket opened, and
 * nothing but the provider can be reached by it. It waits as long as its signal lets it.
 */
export function fetchOf(provider: Provider): typeof fetch {
  const addresses = addressesOf(provider)
  return async (input, init) => {
    const answered = answerFetch(provider, addresses, input, init, { silenceMs: Number.POSITIVE_INFINITY })
    if (answered) return answered
    const url = new URL(input instanceof Request ? input.url : input)
    throw new UnmountedProviderError(url.href, url.host, { isProvider: isProviderHost(url.hostname) })
  }
}
