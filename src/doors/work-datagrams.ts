import { Socket } from 'node:dgram'
import { hang } from './door.ts'
import { registry } from './work-registry.ts'
import { behind } from './stand.ts'

type AnyFunction = (...args: unknown[]) => unknown
type Doors = Record<'bind' | 'send' | 'emit', AnyFunction>

/** Where `send(message, [offset, length,] port, address)` sends to; nothing on a connected socket. */
function destinationOf(args: readonly unknown[]): { port: number; address: string } | undefined {
  const [, first, second, third, fourth] = args
  const long = typeof fourth === 'string' || (third !== undefined && typeof third !== 'function')
  const [port, address] = long ? [third, fourth] : [first, second]
  if (typeof port !== 'number' && typeof port !== 'string') return undefined
  return { port: Number(port), address: typeof address === 'string' ? address : 'localhost' }
}

function connectedTo(socket: Socket): { port: number; address: string } | undefined {
  try {
    return socket.remoteAddress()
  } catch {
    return undefined
  }
}

/** Doors that know the datagram sockets of this worker, what they send and what they receive. */
export function hangDatagramDoors(): void {
  const prototype = Socket.prototype as unknown as Doors
  hang('dgram.bind', prototype, 'bind', (bind) => {
    return function (this: Socket, ...args) {
      for (const known of registry.datagramSockets) if (!known.deref()) registry.datagramSockets.delete(known)
      registry.datagramSockets.add(new WeakRef(this))
      return bind.apply(this, args)
    }
  })
  hang('dgram.send', prototype, 'send', (send) => {
    return function (this: Socket, ...args) {
      const { work } = behind
      const to = work && (connectedTo(this) ?? destinationOf(args))
      if (to) work.datagram(this, to)
      return send.apply(this, args)
    }
  })
  hang('dgram.emit', prototype, 'emit', (emit) => {
    return function (this: Socket, ...args) {
      if (args[0] === 'message') registry.received.set(this, (registry.received.get(this) ?? 0) + 1)
      return emit.apply(this, args)
    }
  })
}
