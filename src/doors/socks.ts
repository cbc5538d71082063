import type { Destination } from './behind.ts'

/** What a client says to a SOCKS proxy (RFC 1928, RFC 1929), and what the proxy says to that. */
export interface SocksMessage {
  /** Where the proxy is to go, once it is told. */
  destination: Destination | undefined
  reply: Buffer
}

const VERSION = 5
const CONNECT = 1
const ADDRESSES = { ipv4: 1, name: 3, ipv6: 4 } as const
type AddressKind = (typeof ADDRESSES)[keyof typeof ADDRESSES]
const NO_AUTHENTICATION = 0
const PASSWORD = 2

/** Reads a message of a client that speaks SOCKS 5; nothing if it is none. */
export function socksMessage(bytes: Uint8Array): SocksMessage | undefined {
  const [version, second = 0] = bytes
  // A name and a password have a version of their own.
  if (version === 1 && bytes.length === 3 + second + (bytes[2 + second] ?? 0))
    return { destination: undefined, reply: Buffer.from([1, 0]) }
  if (version !== VERSION) return undefined
  const destination = socksDestination(bytes)
  if (destination) return { destination, reply: Buffer.from([VERSION, 0, 0, ADDRESSES.ipv4, 0, 0, 0, 0, 0, 0]) }
  if (bytes.length !== 2 + second) return undefined
  const method = bytes.subarray(2).includes(NO_AUTHENTICATION) ? NO_AUTHENTICATION : PASSWORD
  return { destination: undefined, reply: Buffer.from([VERSION, method]) }
}

/** Where a SOCKS proxy is asked to go, if that is what the bytes say, whole and nothing else. */
export function socksDestination(bytes: Uint8Array): Destination | undefined {
  const [version, command, reserved, kind, first = 0] = bytes
  if (version !== VERSION || command !== CONNECT || reserved !== 0 || !isAddressKind(kind)) return undefined
  const [from, length] = kind === ADDRESSES.name ? [5, first] : [4, kind === ADDRESSES.ipv4 ? 4 : 16]
  if (bytes.length !== from + length + 2) return undefined
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const host = hostOf(view.subarray(from, from + length), kind)
  return host === undefined ? undefined : { host, port: view.readUInt16BE(from + length), secure: false }
}

const isAddressKind = (kind: number | undefined): kind is AddressKind =>
  (Object.values(ADDRESSES) as (number | undefined)[]).includes(kind)

function hostOf(bytes: Buffer, kind: AddressKind): string | undefined {
  if (kind === ADDRESSES.ipv4) return bytes.join('.')
  if (kind === ADDRESSES.ipv6)
    return Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16)).join(':')
  const name = bytes.toString('latin1')
  return /^[\w.-]+$/.test(name) ? name : undefined
}
