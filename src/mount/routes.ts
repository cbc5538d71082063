import type { Provider } from '../provider/index.ts'
import { SERVICES, type WireFormat } from '../wire/index.ts'

/** One address at which a service answers. */
export interface Address {
  /** The service as the user calls it. */
  provider: string
  /** Without a slash at the end. */
  baseURL: string
  formats: readonly WireFormat[]
}

/** Where a request goes. */
export interface Route {
  provider: string
  /** The path below the base URL, without its query. */
  path: string
  formats: readonly WireFormat[]
}

/** Hosts of real providers: a call to one of them that nobody answers is refused, so that no test ever spends money. */
const PROVIDER_HOSTS: readonly RegExp[] = [
  /(^|\.)openai\.com$/,
  /(^|\.)openai\.azure\.com$/,
  /(^|\.)anthropic\.com$/,
  /^generativelanguage\.googleapis\.com$/,
  /(^|-)aiplatform\.googleapis\.com$/,
  /^bedrock-runtime[.-].*\.amazonaws\.com$/,
  /^api\.(mistral|cohere|together|fireworks|perplexity)\.(ai|com|xyz)$/,
  /^api\.(groq|deepseek|cerebras)\.(com|ai)$/,
  /^api\.x\.ai$/,
  /^openrouter\.ai$/,
]

/** Whether a host is a real provider's. */
export const isProviderHost = (host: string): boolean =>
  PROVIDER_HOSTS.some((pattern) => pattern.test(host.toLowerCase()))

const trimSlash = (url: string): string => url.replace(/\/+$/, '')
const isKnown = (name: string): name is keyof typeof SERVICES => Object.hasOwn(SERVICES, name)

/** All addresses of a provider: those of the real services, and those set up by the user. */
export function addressesOf({ config }: Provider): Address[] {
  const services = Object.entries(config.providers ?? {})
  const extra = services.flatMap(([provider, { format, baseURLs = [] }]) => {
    const { formats } = SERVICES[format ?? (isKnown(provider) ? provider : 'openai')]
    return baseURLs.map((baseURL) => ({ provider, baseURL: trimSlash(baseURL), formats }))
  })
  const known = Object.entries(SERVICES).map(([provider, { baseURL, formats }]) => ({ provider, baseURL, formats }))
  return [...extra, ...known]
}

/** Where a URL leads, if it leads to one of the addresses. */
export function routeOf(url: string, addresses: readonly Address[]): Route | undefined {
  for (const { provider, baseURL, formats } of addresses) {
    if (!url.startsWith(baseURL)) continue
    const rest = url.slice(baseURL.length)
    if (rest === '' || rest[0] === '/' || rest[0] === '?')
      return { provider, formats, path: rest.replace(/[?#].*$/, '') }
  }
  return undefined
}

/** Thrown into the code under test when it calls a real provider that nobody simulates here. */
export class UnmountedProviderError extends Error {
  override readonly name = 'UnmountedProviderError'
  readonly code = 'LONGHAUL_UNMOUNTED_PROVIDER'
  constructor(target: string) {
    super(
      `${target} is a real LLM provider, and nothing in this test answers for it: the call was refused, nothing was sent. ` +
        `Name its address in provider.providers.<name>.baseURLs, use a mount that covers this client (fetch, msw, nock, server), ` +
        `or point the client at a server of longhaul.`,
    )
  }
}
