import type { Provider } from '../provider/index.ts'
import type { WireResponse } from '../wire/index.ts'
import { httpDate } from './http-date.ts'

/** Whether a service tells the time to wait as a date, as proxies before it may. */
const tellsDate = ({ config }: Provider, service: string): boolean =>
  (config.services?.[service]?.retryAfterFormat ?? config.retryAfterFormat) === 'date'

/**
 * A refusal whose `retry-after` has the form that is set for its service. A date is one of the run, and never too early: it has
 * no part of a second.
 *
 * @param waitMs the time to wait, where there is one
 */
export function withRetryAfter(
  response: WireResponse,
  waitMs: number | undefined,
  provider: Provider,
  service: string,
): WireResponse {
  if (waitMs === undefined || response.headers['retry-after'] === undefined || !tellsDate(provider, service))
    return response
  const { 'retry-after-ms': _, ...headers } = response.headers
  const at = provider.clock.epoch + provider.clock.now() + waitMs
  return { ...response, headers: { ...headers, 'retry-after': httpDate(Math.ceil(at / 1_000) * 1_000) } }
}
