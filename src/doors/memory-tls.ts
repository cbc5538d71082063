import { isIP } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { MemoryHandle, type Ends } from './memory-handle.ts'

interface TlsSocketInside {
  _tlsOptions?: { ALPNProtocols?: Uint8Array }
  /** Node's own: what it does when a handshake is done. */
  _finishInit(): void
}

/** The protocols that a client offers, as ALPN writes them (RFC 7301): each after its length. */
function offered(socket: TlsSocketInside): string[] {
  const bytes = socket._tlsOptions?.ALPNProtocols
  if (!bytes) return []
  const names: string[] = []
  for (let from = 0; from < bytes.length; from += bytes[from]! + 1)
    names.push(Buffer.from(bytes.subarray(from + 1, from + 1 + bytes[from]!)).toString('latin1'))
  return names
}

/**
 * A handle of a `TLSSocket` that encrypts nothing, as nothing leaves the process: its handshake succeeds at once, with a peer
 * that is trusted. The methods are those that `lib/internal/tls/wrap.js` calls.
 */
export class MemoryTlsHandle extends MemoryHandle {
  readonly #socket: TlsSocketInside
  #servername: string

  /** @param name of the peer */
  constructor(ends: Ends, socket: TLSSocket, name: string) {
    super(ends)
    this.#socket = socket as unknown as TlsSocketInside
    this.#servername = isIP(name) ? '' : name
  }

  start(): void {
    process.nextTick(() => {
      if (!this.closed) this.#socket._finishInit()
    })
  }

  /** HTTP/2 for those alone that speak nothing else. */
  getALPNNegotiatedProtocol(): string | false {
    const names = offered(this.#socket)
    return ['http/1.1', 'h2'].find((name) => names.includes(name)) ?? false
  }

  /** What is reused is not looked at again: there is no certificate. */
  isSessionReused(): boolean {
    return true
  }

  verifyError(): null {
    return null
  }

  getPeerCertificate(): object {
    const name = this.#servername
    return { subject: { CN: name }, issuer: { CN: 'longhaul' }, subjectaltname: `DNS:${name}` }
  }

  getServername(): string | false {
    return this.#servername || false
  }

  setServername(name: string): void {
    this.#servername = name
  }

  getCipher(): object {
    return { name: 'TLS_AES_256_GCM_SHA384', standardName: 'TLS_AES_256_GCM_SHA384', version: 'TLSv1.3' }
  }

  getProtocol(): string {
    return 'TLSv1.3'
  }

  getEphemeralKeyInfo(): object {
    return { type: 'ECDH', name: 'X25519', size: 253 }
  }

  getSharedSigalgs(): string[] {
    return []
  }

  exportKeyingMaterial(length: number): Buffer {
    return Buffer.alloc(length)
  }

  setMaxSendFragment(): number {
    return 1
  }
}

/** What there is nothing to do for, or nothing to tell of. */
const IDLE = [
  'destroySSL',
  'enableALPNCb',
  'enableCertCb',
  'enableKeylogCallback',
  'enablePskCallback',
  'enableSessionCallbacks',
  'enableTrace',
  'endParser',
  'getCertificate',
  'getFinished',
  'getPeerFinished',
  'getPeerX509Certificate',
  'getSession',
  'getTLSTicket',
  'getX509Certificate',
  'loadSession',
  'newSessionDone',
  'receive',
  'renegotiate',
  'requestOCSP',
  'setALPNProtocols',
  'setKeyCert',
  'setOCSPResponse',
  'setPskIdentityHint',
  'setSession',
  'setVerifyMode',
  'writesIssuedByPrevListenerDone',
]
for (const name of IDLE) Object.defineProperty(MemoryTlsHandle.prototype, name, { value: () => undefined })
