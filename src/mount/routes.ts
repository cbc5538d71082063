import type { Provider } from '../provider/index.ts'
import { endpointAt, matchStart, SERVICES, type Endpoint, type Params, type Service } from '../wire/index.ts'
import { placeOf, segmentsOf, type Place } from './place.ts'

/** One address at which a service answers. */
export interface Address {
  /** The service as the user calls it. */
  provider: string
  /** Where a client's base URL leads here, for people. */
  baseURL: string
  service: Service
  /** Paths below which the endpoints are; the first that fits counts. */
  bases: readonly (readonly string[])[]
  /** Where it is: protocol, host and port. */
  isAt(place: Pick<Place, 'protocol' | 'host'>): boolean
  /** Whether all of the host is the service's. */
  own: boolean
  /** Whether what the service's reference does not name is refused. */
  strict: boolean
}

/** Where a request goes. */
export interface Route {
  provider: string
  /** Host and port, and the whole path, as the URL has them. */
  host: string
  path: string
  query: URLSearchParams
  /** What is asked for, if it is simulated. */
  endpoint: Endpoint | undefined
  /** What the placeholders in its path stand for. */
  params: Params
  /** What is simulated at this address. */
  address: Address
  /** Whether the service itself has nothing there. */
  isNowhere: boolean
}

/**
 * Hosts of real providers beside those of the services that are simulated: a call to one of them that nobody answers is refused, so that
 * no test ever spends money.
 */
const PROVIDER_HOSTS: readonly RegExp[] = [
  // All of them, whatever they are for.
  /(^|\.)(openai|chatgpt|anthropic)\.com$/,
  /(^|\.)openai\.azure\.(com|us|cn)$/,
  /(^|\.)(services\.ai|inference\.ml|cognitiveservices)\.azure\.(com|us|cn)$/,
  /(^|\.)bedrock(-[a-z]+)*[.-].*\.(amazonaws\.(com|com\.cn|eu)|api\.aws|api\.amazonwebservices\.(com\.cn|eu))$/,
  // Not simulated, and no less dear.
  /^gateway\.ai\.cloudflare\.com$/,
  /^api-inference\.huggingface\.co$/,
  /^api\.(voyageai|replicate|ai21|stability|lepton|stepfun|minimax)\.(com|ai|io|xyz|cn|chat)$/,
  // Voices, which have hosts of their own for WebSockets.
  /^([a-z\d-]+\.)+(elevenlabs|deepgram|assemblyai|cartesia|hume|speechmatics)\.(com|ai|io)$/,
  /^(ark\.[a-z-]+\.volces|qianfan\.baidubce|api\.inference\.wandb)\.(com|ai)$/,
]

const bare = (hostname: string): string => hostname.toLowerCase().replace(/\.+$/, '')

/** Whether a host is a real provider's. */
export const isProviderHost = (host: string): boolean =>
  PROVIDER_HOSTS.some((pattern) => pattern.test(bare(host))) || SERVICES.some(({ hosts }) => hosts.test(bare(host)))

/** A pattern of hosts without its anchors, as part of a longer one. */
export const hostSource = (hosts: RegExp): string => hosts.source.replace(/^\^/, '').replace(/\$$/, '')

/** The names of the services that longhaul simulates. */
export const SERVICE_NAMES: readonly string[] = SERVICES.map(({ name }) => name)

const byName = new Map(SERVICES.map((service) => [service.name, service]))

/** The service whose formats a provider of the user's speaks: that of its own name, else OpenAI's. */
export const serviceOf = (provider: string, format?: string): Service =>
  byName.get(format ?? provider) ?? byName.get('openai')!

const isSecure = ({ baseURL }: Service): boolean => baseURL.startsWith('https:')

/** The service at its own hosts. */
const ownAddress = (service: Service): Address => ({
  provider: service.name,
  baseURL: service.baseURL,
  service,
  bases: (service.bases ?? [new URL(service.baseURL).pathname]).map(segmentsOf),
  isAt: ({ protocol, host }) => (protocol === 'https:') === isSecure(service) && service.hosts.test(host),
  own: true,
  strict: service.strict ?? true,
})

function addressAt(provider: string, baseURL: string, service: Service): Address {
  const { protocol, host, segments: base } = placeOf(new URL(baseURL))
  return {
    provider,
    baseURL,
    service,
    bases: [base],
    isAt: (place) => place.protocol === protocol && place.host === host,
    own: false,
    strict: (service.strict ?? true) && service.hosts.test(host),
  }
}

/** All addresses of a provider: those set up by the user, the longest first, and those of the real services. */
export function addressesOf({ config }: Provider): Address[] {
  const extra = Object.entries(config.services ?? {}).flatMap(([provider, { format, baseURLs = [] }]) =>
    baseURLs.map((baseURL) => addressAt(provider, baseURL, serviceOf(provider, format))),
  )
  return [...extra.toSorted((a, b) => b.bases[0]!.length - a.bases[0]!.length), ...SERVICES.map(ownAddress)]
}

/** Clients ask for few URLs, again and again. */
const found = new WeakMap<readonly Address[], Map<string, Route | undefined>>()
const MAX_FOUND = 1_000

/** Where a request leads, if it leads to one of the addresses. What differs in its spelling alone leads to the same place. */
export function routeOf(method: string, url: string, addresses: readonly Address[]): Route | undefined {
  let routes = found.get(addresses)
  if (!routes) found.set(addresses, (routes = new Map()))
  const key = `${method} ${url}`
  if (!routes.has(key)) {
    if (routes.size >= MAX_FOUND) routes.clear()
    routes.set(key, findRoute(method, url, addresses))
  }
  return routes.get(key)
}

function findRoute(method: string, url: string, addresses: readonly Address[]): Route | undefined {
  const target = URL.parse(url)
  if (!target) return undefined
  const { host, pathname: path, searchParams: query } = target
  const place = placeOf(target)
  const here = addresses.filter((address) => address.isAt(place))
  for (const address of here)
    for (const base of address.bases) {
      const below = matchStart(base, place.segments)
      if (below) return routeBelow(address, method, below.rest, { host, path, query })
    }
  // Elsewhere at the service's own host nothing else answers.
  const own = here.find((address) => address.own)
  return (
    own && {
      provider: own.provider,
      host,
      path,
      query,
      endpoint: undefined,
      params: {},
      address: own,
      isNowhere: false,
    }
  )
}

/** What is asked of an address by what is left of a path below its base. */
export function routeBelow(
  address: Address,
  method: string,
  rest: readonly string[],
  { host, path, query }: Pick<Route, 'host' | 'path' | 'query'>,
): Route {
  const { beside, endpoints } = address.service
  const asked = endpointAt(endpoints, method, rest)
  return {
    provider: address.provider,
    host,
    path,
    query,
    endpoint: asked?.endpoint,
    params: asked?.params ?? {},
    address,
    isNowhere:
      asked === undefined && address.strict && beside !== undefined && !isKnownPart(rest[0] ?? '', address.service),
  }
}

/** Whether a service has paths that begin with a part. */
const isKnownPart = (part: string, { beside, endpoints }: Service): boolean =>
  beside!.includes(part) || endpoints.some(({ path }) => path.split('/')[1] === part)
