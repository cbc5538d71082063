import { constants } from 'node:os'
import type { ConnectionFailure } from '../provider/index.ts'

// Source: the errors of Node 24, as `net.connect`, `dns.lookup`, `tls.connect` and undici make them.

/** An address of no machine. Source: RFC 5737. */
const ADDRESS = '203.0.113.1'
/** What libuv numbers errors of names by. */
const NAME_ERRORS = { ENOTFOUND: -3008, EAI_AGAIN: -3001 } as const
/** How long undici waits for a connection. Milliseconds. */
const CONNECT_TIMEOUT_MS = 10_000

/** Where a client wanted to connect to. */
export interface Target {
  host: string
  port: number
}

/** The host and the port that a URL leads to. */
export function targetOf(url: string): Target {
  const { hostname, port, protocol } = new URL(url)
  return { host: hostname, port: port === '' ? (protocol === 'http:' ? 80 : 443) : Number(port) }
}

/** The error by which Node tells that no connection was made. */
export function connectionError(failure: ConnectionFailure, { host, port }: Target): Error {
  switch (failure) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return Object.assign(new Error(`getaddrinfo ${failure} ${host}`), {
        errno: NAME_ERRORS[failure],
        code: failure,
        syscall: 'getaddrinfo',
        hostname: host,
      })
    case 'ECONNREFUSED':
    case 'ETIMEDOUT':
      return Object.assign(new Error(`connect ${failure} ${ADDRESS}:${port}`), {
        errno: -constants.errno[failure],
        code: failure,
        syscall: 'connect',
        address: ADDRESS,
        port,
      })
    case 'CERT_HAS_EXPIRED':
      return Object.assign(new Error('certificate has expired'), { code: failure })
    default:
      return failure satisfies never
  }
}

/** The cause that Node's `fetch` gives: it has a limit of its own for a connection. */
export function fetchCause(failure: ConnectionFailure, target: Target): Error {
  if (failure !== 'ETIMEDOUT') return connectionError(failure, target)
  const message = `Connect Timeout Error (attempted address: ${target.host}:${target.port}, timeout: ${CONNECT_TIMEOUT_MS}ms)`
  return Object.assign(new Error(message), { name: 'ConnectTimeoutError', code: 'UND_ERR_CONNECT_TIMEOUT' })
}
