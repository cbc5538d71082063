import { Socket } from 'node:net'
import type { Destination } from './behind.ts'
import { hang } from './door.ts'
import { MemoryHandle, type SocketInside } from './memory-handle.ts'
import { moveInside } from './sockets.ts'
import { socksDestination } from './socks.ts'
import { behind } from './stand.ts'

/** What Node's streams give to a socket: one piece, or several with their encodings. */
type Written = string | Buffer | readonly { chunk: string | Buffer; encoding: BufferEncoding }[]
type WriteGeneric = (
  this: Writing,
  several: boolean,
  data: Written,
  encoding: BufferEncoding,
  done: (error?: Error | null) => void,
) => unknown

interface Writing extends SocketInside {
  _writeGeneric: WriteGeneric
}

/**
 * Hangs the door of what sockets write: connections inside this process carry it, and a request to a proxy is judged by where
 * the proxy is to go.
 */
export function hangWrites(): void {
  hang('net.Socket._writeGeneric', Socket.prototype as unknown as Writing, '_writeGeneric', (real) => {
    return function _writeGeneric(several, data, encoding, done) {
      // Node keeps what is written before the connection stands, and comes again.
      if (this.connecting) return real.call(this, several, data, encoding, done)
      let handle = this._handle
      if (!(handle instanceof MemoryHandle)) {
        const destination = behind.network && askedOfProxy(data)
        if (!destination || behind.network!.judge(destination) === 'pass' || !handle)
          return real.call(this, several, data, encoding, done)
        handle = moveInside(this, destination)
      }
      ;(handle as MemoryHandle).write(chunksOf(data, encoding), done)
      return undefined
    }
  })
}

function chunksOf(data: Written, encoding: BufferEncoding): Buffer[] {
  if (typeof data === 'string') return [Buffer.from(data, encoding)]
  if (Buffer.isBuffer(data) || data instanceof Uint8Array) return [Buffer.from(data as Uint8Array)]
  return data.map(({ chunk, encoding }) =>
    typeof chunk === 'string' ? Buffer.from(chunk, encoding) : Buffer.from(chunk),
  )
}

/** How a request to a proxy begins (RFC 9112, 3.2.2 and 3.2.3): `CONNECT host:port`, or a method and a whole URL. */
const TO_PROXY = /^(?:CONNECT ([^\s/]+:\d+) |[A-Z]+ (https?:\/\/[^\s/?#]+))/
const LONGEST = 400
/** The shortest request to a SOCKS proxy. */
const SHORTEST = 8

/** Where a proxy is asked to go, if that is what is written. */
function askedOfProxy(data: Written): Destination | undefined {
  const first = Array.isArray(data)
    ? (data as readonly { chunk: string | Buffer }[])[0]?.chunk
    : (data as string | Buffer)
  if (first === undefined || first.length < SHORTEST) return undefined
  const letter = typeof first === 'string' ? first.charCodeAt(0) : first[0]!
  if (letter === 5) return typeof first === 'string' ? undefined : socksDestination(first)
  if (letter < 65 || letter > 90) return undefined
  const text =
    typeof first === 'string'
      ? first.slice(0, LONGEST)
      : Buffer.from(first.buffer, first.byteOffset, Math.min(first.length, LONGEST)).toString('latin1')
  const [, tunnel, whole] = TO_PROXY.exec(text) ?? []
  const url = tunnel ? URL.parse(`http://${tunnel}`) : whole ? URL.parse(whole) : null
  if (!url) return undefined
  const secure = tunnel !== undefined || url.protocol === 'https:'
  return { host: url.hostname, port: Number(url.port || (secure && !tunnel ? 443 : 80)), secure }
}
