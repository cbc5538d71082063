import { actingAgent, type Provider } from '../provider/index.ts'
import { ResourceStore, type ServiceContext, type WireResponse } from '../wire/index.ts'
import type { Incoming } from './incoming.ts'
import { segmentsOf } from './place.ts'
import { routeBelow } from './routes.ts'

/** Headers that are about the request for the batch alone. */
const OWN: ReadonlySet<string> = new Set(['idempotency-key', 'x-stainless-retry-count', 'content-encoding'])

const stores = new WeakMap<Provider, Map<string, ResourceStore>>()

/** What a service keeps while its provider lives. */
export function resourcesOf(provider: Provider, service: string): ResourceStore {
  let own = stores.get(provider)
  if (!own) stores.set(provider, (own = new Map()))
  let resources = own.get(service)
  if (!resources) own.set(service, (resources = new ResourceStore()))
  return resources
}

/** What a resource may do beside answering. */
export function serviceContextOf(
  provider: Provider,
  { route, header }: Pick<Incoming, 'route' | 'header'>,
  answer: (incoming: Incoming, signal: AbortSignal | undefined) => Promise<WireResponse>,
): ServiceContext {
  const { clock } = provider
  // Who has asked for a batch, asks its requests; nobody is known to act when their turn comes.
  const acting = actingAgent()
  const catalogue = route.address.service.catalogue ?? route.provider
  return {
    resources: resourcesOf(provider, route.provider),
    provider: route.provider,
    baseURL: route.address.baseURL.replace(/\/+$/, ''),
    get models() {
      return provider.modelsOf(catalogue)
    },
    model: (id) => provider.modelOf(catalogue, id),
    count: (call) => provider.countTokens(call),
    now: () => clock.epoch + clock.now(),
    after: (ms, action) => void clock.after(ms, action),
    id: () => provider.requestId(),
    request(path, body, { batch = false, signal } = {}) {
      const inner = routeBelow(route.address, 'POST', segmentsOf(path), {
        host: route.host,
        path,
        query: new URLSearchParams(),
      })
      const { endpoint } = inner
      if (endpoint === undefined) return undefined
      // Its body is JSON, whatever the request for the batch was.
      const isNamed = endpoint.kind === 'generation' && endpoint.callerHints(body).some((hint) => hint !== '')
      const asked = (name: string): string | undefined => {
        if (name === 'content-type') return 'application/json'
        if (OWN.has(name)) return undefined
        return header(name) ?? (name === 'x-longhaul-agent' && !isNamed ? acting : undefined)
      }
      return answer({ method: 'POST', route: inner, header: asked, text: JSON.stringify(body), batch }, signal)
    },
  }
}
