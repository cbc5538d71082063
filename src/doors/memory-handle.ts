import { AsyncResource } from 'node:async_hooks'
import { Socket } from 'node:net'
import type { Http2Frames } from './frames.ts'

/** What of a socket is Node's own business; the names are those of `lib/net.js`. */
export interface SocketInside extends Socket {
  _handle: object | null
  _unrefTimer(): void
}

/** What was written, and what to call when the other side has room for it. */
interface Parcel {
  bytes: Buffer
  taken: ((error?: Error) => void) | undefined
  writer: AsyncResource
  /** Whether all that its bytes lead to happens before the next bytes are read. */
  rests: boolean
}

/** Bytes that wait unread, up to which a write is done at once, as with the buffers of a kernel. */
const ROOM = 256 * 1024

/** Rounds of ticks and microtasks between two frames: what was told, and what a program does then in a tick of its own. */
const ROUNDS_OF_REST = 2

/** Where Node keeps the socket of a handle. It has no public name: a socket that is given a handle shows it. */
export const OWNER: unique symbol = ownerSymbol() as never

function ownerSymbol(): symbol {
  const handle = {}
  void new Socket({ handle, manualStart: true } as object)
  const found = Object.getOwnPropertySymbols(handle).find(({ description }) => description === 'owner_symbol')
  if (found) return found
  throw new Error(`longhaul does not know the sockets of Node ${process.version}. Use a Node that it supports.`)
}

/** Where a socket seems to be connected. */
export interface Ends {
  local: { address: string; port: number }
  remote: { address: string; port: number }
}

const describe = ({ address, port }: Ends['local']): object => ({
  address,
  port,
  family: address.includes(':') ? 'IPv6' : 'IPv4',
})

/**
 * A handle of a `net.Socket` as Node's own are, whose other end is a handle in this process: no byte of it reaches the kernel.
 * All that arrives does so in a tick of its own, so that no reader runs within a write.
 */
export class MemoryHandle {
  declare [OWNER]: SocketInside
  /** Node's name: whether what arrives is wanted. */
  reading = false
  bytesRead = 0
  bytesWritten = 0
  peer!: MemoryHandle
  /** Nothing comes any more, nothing is taken any more. */
  closed = false
  /** Who has written last: a connection lives long, and carries the requests of many. */
  writer: AsyncResource | undefined
  /** Who has written what arrives. */
  from: AsyncResource | undefined
  /** Who has made the request that is written next, where that is not who writes it. */
  sender: AsyncResource | undefined
  /** Called when the handle is closed, before anybody else can know. */
  leaves: (() => void) | undefined
  /** What the other end gets when the connection is broken off. Default: that it was reset. */
  breaksBy: Error | undefined
  /** The socket of a protocol above, which has taken over all that is read and written. */
  above: Socket | undefined
  /** Where what is written here is to be cut. */
  frames: Http2Frames | undefined
  readonly #ends: Ends
  #unread: Parcel[] = []
  #unreadBytes = 0
  /** What comes after all that is unread. */
  #end: 'none' | 'coming' | 'told' = 'none'
  #scheduled = false
  #asyncId: number | undefined

  constructor(ends: Ends) {
    this.#ends = ends
  }

  get owner(): SocketInside {
    return this[OWNER]
  }

  /** Sends what a socket writes. `_writeGeneric` calls it: there is no request to the kernel that could be asynchronous. */
  write(chunks: readonly Buffer[], done: (error?: Error) => void): void {
    this.owner._unrefTimer()
    if (this.peer.closed)
      return process.nextTick(done, Object.assign(new Error('write EPIPE'), { code: 'EPIPE', syscall: 'write' }))
    const last = chunks.length - 1
    if (last < 0) return process.nextTick(done)
    const writer = this.sender ?? new AsyncResource('MemoryWrite', { requireManualDestroy: true })
    this.writer = writer
    this.sender = undefined
    chunks.forEach((chunk, index) => {
      this.bytesWritten += chunk.length
      const parts = this.frames?.cut(chunk) ?? []
      if (parts.length === 0) parts.push({ bytes: chunk, endsFrame: false })
      parts.forEach(({ bytes, endsFrame }, part) => {
        const isLast = index === last && part === parts.length - 1
        this.peer.#receive({ bytes, taken: isLast ? done : undefined, writer, rests: endsFrame })
      })
    })
  }

  #receive(parcel: Parcel): void {
    this.#unreadBytes += parcel.bytes.length
    const { taken } = parcel
    const isTaken = this.#unreadBytes <= ROOM
    if (isTaken) parcel.taken = undefined
    this.#unread.push(parcel)
    this.#schedule()
    // At once, as Node does where the kernel takes all: else what is written next would wait, and be written by who wrote this.
    if (isTaken) taken?.()
  }

  #schedule(): void {
    if (this.#scheduled || this.closed) return
    this.#scheduled = true
    process.nextTick(() => {
      this.#scheduled = false
      this.#deliver()
    })
  }

  #deliver(): void {
    while (this.reading && !this.closed) {
      const parcel = this.#unread.shift()
      if (!parcel) break
      this.#unreadBytes -= parcel.bytes.length
      this.bytesRead += parcel.bytes.length
      parcel.taken?.()
      this.from = parcel.writer
      this.owner._unrefTimer()
      if (parcel.bytes.length > 0 && !this.owner.push(parcel.bytes)) this.reading = false
      if (parcel.rests) return this.#rest()
    }
    if (this.#end !== 'coming' || !this.reading || this.#unread.length > 0 || this.closed) return
    this.#end = 'told'
    this.owner.push(null)
    this.owner.read(0)
  }

  /**
   * Goes on when the ticks and the microtasks that wait have run. A session of HTTP/2 tells of a head in the next tick and of data at
   * once: where it reads from the kernel, Node runs all ticks between two frames, and the head comes first.
   */
  #rest(rounds = ROUNDS_OF_REST): void {
    this.#scheduled = true
    queueMicrotask(() => {
      process.nextTick(() => {
        if (rounds > 1) return this.#rest(rounds - 1)
        this.#scheduled = false
        this.#deliver()
      })
    })
  }

  /** Node's names from here on. */
  readStart(): number {
    this.reading = true
    this.#schedule()
    return 0
  }

  readStop(): number {
    this.reading = false
    return 0
  }

  /** Ends this side. 1 is Node's word for: done at once. */
  shutdown(): number {
    this.peer.#finish()
    return 1
  }

  #finish(): void {
    if (this.#end === 'none') this.#end = 'coming'
    this.#schedule()
  }

  close(closed?: () => void): void {
    if (!this.closed) {
      this.closed = true
      this.leaves?.()
      this.#drop()
      this.peer.#finish()
      this.above?.destroy()
    }
    // After the error, if there is one, as when the kernel closes.
    if (closed) setImmediate(closed)
  }

  /** Breaks the connection off: the other end fails, whatever it has not read. */
  reset(): void {
    if (this.closed) return
    this.closed = true
    this.leaves?.()
    this.#drop()
    const { peer } = this
    const error =
      this.breaksBy ?? Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', errno: -104, syscall: 'read' })
    process.nextTick(() => void (peer.closed || (peer.above ?? peer.owner).destroy(error)))
  }

  #drop(): void {
    for (const { taken } of this.#unread) if (taken) process.nextTick(taken)
    this.#unread = []
    this.#unreadBytes = 0
  }

  /** Takes the place of a handle below: the other end talks to this one from now on. */
  takeOver(below: MemoryHandle): void {
    this.peer = below.peer
    this.peer.peer = this
    this.#unread = below.#unread
    this.#unreadBytes = below.#unreadBytes
    this.#end = below.#end
    below.#unread = []
    below.#end = 'told'
    below.above = this.owner
  }

  getpeername(out: object): number {
    Object.assign(out, describe(this.#ends.remote))
    return 0
  }

  getsockname(out: object): number {
    Object.assign(out, describe(this.#ends.local))
    return 0
  }

  getAsyncId(): number {
    this.#asyncId ??= new AsyncResource('MemoryHandle', { requireManualDestroy: true }).asyncId()
    return this.#asyncId
  }

  ref(): void {}
  unref(): void {}
  hasRef(): boolean {
    return false
  }
}

/** Two handles, of which each is the other's end. */
export function join(client: MemoryHandle, server: MemoryHandle): void {
  client.peer = server
  server.peer = client
}
