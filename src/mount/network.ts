import type { IncomingMessage } from 'node:http'
import {
  hangUp,
  installDoors,
  letChildrenReach,
  plainHost,
  refusedInChildren,
  stand,
  type Destination,
  type NetworkBehind,
} from '../doors/index.ts'
import type { Provider } from '../provider/index.ts'
import { reachable, reaching } from './allowed.ts'
import { answerFetch } from './fetch.ts'
import { answerLive } from './live.ts'
import type { Mount } from './mount.ts'
import { hostText, UnmountedProviderError } from './outside.ts'
import { addressesOf, isProviderHost, routeOf, type Address, type Route } from './routes.ts'
import { serveRoute } from './server.ts'

/** Settings of the network of a run. */
export interface NetworkOptions {
  /**
   * Hosts that the code may reach in addition to this machine: `api.example.com`, `*.example.com`, `10.0.0.5:5432`,
   * `*`.
   */
  allow?: readonly string[]
  /** Whether the provider answers at the addresses of its services. Default true. */
  simulate?: boolean
}

/** The network of a run, while it is in force. */
export interface NetworkMount extends Mount {
  /** Puts into the trace what child processes and workers were refused since this was done last. */
  readChildren(): void
}

/**
 * The network of a run: the provider answers at its own addresses and the configured ones, by whatever client, and nothing else of
 * the world outside is reached. In real time only the hosts of real providers are kept away.
 *
 * @throws InvalidNetworkError
 */
export function mountNetwork(provider: Provider, { allow = [], simulate = true }: NetworkOptions = {}): NetworkMount {
  installDoors()
  const addresses = simulate ? addressesOf(provider) : []
  const reach = reachable(allow)
  const mayReach = reaching(reach)
  const isOpen = provider.clock.mode.kind === 'real'
  const addressAt = (host: string, port: number | undefined): Address | undefined =>
    addresses.find(({ isAt }) => isAt(placeAt('https:', 443, host, port)) || isAt(placeAt('http:', 80, host, port)))

  const routeTo = ({ url = '/', method = 'GET' }: IncomingMessage, destination: Destination): Route => {
    const { pathname, search } = URL.parse(url.startsWith('/') ? `http://host${url}` : url) ?? {
      pathname: '/',
      search: '',
    }
    return routeOf(method, urlOf(destination, `${pathname}${search}`), addresses)!
  }

  const network: NetworkBehind = {
    fetch: (input, init) => answerFetch(provider, addresses, input, init),
    judge(destination, path) {
      const host = plainHost(destination.host)
      const { port } = destination
      if (addressAt(host, port))
        return path === undefined || routeOf('POST', urlOf(destination, path), addresses) ? 'answer' : 'refuse'
      if (mayReach(host, port)) return 'pass'
      return isOpen && !isProviderHost(host) ? 'pass' : 'refuse'
    },
    serve: (request, response, destination) => serveRoute(provider, routeTo(request, destination), request, response),
    upgrade: (request, socket, head, destination) =>
      answerLive(provider, routeTo(request, destination), request, socket, head),
    refuse(destination, { method, path }) {
      const host = hostText(destination)
      const error = new UnmountedProviderError(`${method} ${host}${path}`, plainHost(destination.host), {
        isProvider: isProviderHost(destination.host),
      })
      provider.refuse({ host, method, path, status: null, reason: 'outside', message: error.message })
      return error
    },
  }
  const leave = stand('network', network)
  if (!isOpen) letChildrenReach(reach)
  return {
    readChildren() {
      for (const { host, port, method, path, program } of refusedInChildren()) {
        const message = `The program ${program}, which this test started, sent the request.`
        const target = { host, port, secure: port === 443 }
        provider.refuse({
          host: hostText(target),
          method,
          path,
          status: null,
          reason: 'outside',
          message,
          provider: addressAt(plainHost(host), port)?.provider,
        })
      }
    },
    close() {
      leave()
      letChildrenReach(undefined)
      hangUp()
    },
  }
}

const placeAt = (protocol: string, own: number, host: string, port = own): { protocol: string; host: string } => {
  const name = host.includes(':') ? `[${host}]` : host
  return { protocol, host: port === own ? name : `${name}:${port}` }
}

const urlOf = (destination: { host: string; port: number | undefined; secure: boolean }, path: string): string =>
  `${destination.secure ? 'https' : 'http'}://${hostText(destination)}${path}`
