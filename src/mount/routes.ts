import type { Provider } from '../provider/index.ts'
import { SERVICES, type WireFormat } from '../wire/index.ts'
import { below, operationAt, placeOf, type Place } from './place.ts'

/** One address at which a service answers. */
export interface Address {
  /** The service as the user calls it. */
  provider: string
  baseURL: string
  formats: readonly WireFormat[]
  /** Where the address is, as URLs are compared. */
  place: Place
  /** Whether the host is that of the service itself, which refuses what it does not know; vendors that are compatible do not. */
  strict: boolean
}

/** Where a request goes. */
export interface Route {
  provider: string
  /** Host and port, and the whole path, as the URL has them. */
  host: string
  path: string
  /** The operation that is asked for, if it is simulated. */
  format: WireFormat | undefined
  /** What is simulated at this address. */
  address: Pick<Address, 'baseURL' | 'formats' | 'strict'>
}

/** Hosts of real providers: a call to one of them that nobody answers is refused, so that no test ever spends money. */
const PROVIDER_HOSTS: readonly RegExp[] = [
  /(^|\.)openai\.com$/,
  /(^|\.)openai\.azure\.com$/,
  /(^|\.)(services\.ai|inference\.ml)\.azure\.com$/,
  /(^|\.)anthropic\.com$/,
  /^generativelanguage\.googleapis\.com$/,
  /(^|-)aiplatform\.googleapis\.com$/,
  /^bedrock(-[a-z]+)*[.-].*\.(amazonaws\.com|api\.aws)$/,
  /^api\.(mistral|cohere|together|fireworks|perplexity|moonshot|minimax)\.(ai|com|xyz|cn|io)$/,
  /^api\.(groq|deepseek|cerebras)\.(com|ai)$/,
  /^api\.x\.ai$/,
  /^openrouter\.ai$/,
  /^gateway\.ai\.cloudflare\.com$/,
  /^ai-gateway\.vercel\.sh$/,
  /^(router|api-inference)\.huggingface\.co$/,
  /^integrate\.api\.nvidia\.com$/,
]

const bare = (hostname: string): string => hostname.toLowerCase().replace(/\.+$/, '')

/** Whether a host is a real provider's. */
export const isProviderHost = (host: string): boolean => PROVIDER_HOSTS.some((pattern) => pattern.test(bare(host)))

const isKnown = (name: string): name is keyof typeof SERVICES => Object.hasOwn(SERVICES, name)

/** All addresses of a provider: those set up by the user, the longest first, and those of the real services. */
export function addressesOf({ config }: Provider): Address[] {
  const services = Object.entries(config.providers ?? {})
  const extra = services.flatMap(([provider, { format, baseURLs = [] }]) => {
    const { formats, hosts } = SERVICES[format ?? (isKnown(provider) ? provider : 'openai')]
    return baseURLs.map((baseURL) => {
      const url = new URL(baseURL)
      return { provider, baseURL, formats, place: placeOf(url), strict: hosts.test(bare(url.hostname)) }
    })
  })
  const known = Object.entries(SERVICES).map(([provider, { baseURL, formats }]) => ({
    provider,
    baseURL,
    formats,
    place: placeOf(new URL(baseURL)),
    strict: true,
  }))
  return [...extra.toSorted((a, b) => b.place.segments.length - a.place.segments.length), ...known]
}

/** Clients ask for few URLs, again and again. */
const found = new WeakMap<readonly Address[], Map<string, Route | undefined>>()
const MOST_FOUND = 1_000

/** Where a URL leads, if it leads to one of the addresses. What differs in its spelling alone leads to the same place. */
export function routeOf(url: string, addresses: readonly Address[]): Route | undefined {
  let routes = found.get(addresses)
  if (!routes) found.set(addresses, (routes = new Map()))
  if (!routes.has(url)) {
    if (routes.size >= MOST_FOUND) routes.clear()
    routes.set(url, findRoute(url, addresses))
  }
  return routes.get(url)
}

function findRoute(url: string, addresses: readonly Address[]): Route | undefined {
  const target = URL.parse(url)
  if (!target) return undefined
  const { host, pathname: path } = target
  const place = placeOf(target)
  for (const address of addresses) {
    const rest = below(address.place, place)
    if (rest === undefined) continue
    return { provider: address.provider, host, path, address, format: operationAt(rest, address.formats) }
  }
  // Elsewhere at the service's own host nothing else answers.
  const own = addresses.find((address) => address.strict && address.place.origin === place.origin)
  return own && { provider: own.provider, host, path, address: own, format: undefined }
}
