import { Socket } from 'node:dgram'
import { nameFor } from './names.ts'
import { hang } from './door.ts'
import { behind } from './stand.ts'

type AnyFunction = (...given: unknown[]) => unknown
type Callback = (error: Error) => void

/** Hangs the doors of UDP: a datagram to the world outside is not sent. */
export function hangDatagrams(): void {
  const prototype = Socket.prototype as unknown as Record<'send' | 'connect', AnyFunction>
  // send(message, [offset, length,] [port,] [address,] [callback]), where port and address are left out of a connected socket.
  hang('dgram.Socket.send', prototype, 'send', (real) =>
    door(real, (given) => {
      const sliced = typeof given[1] === 'number' && typeof given[2] === 'number' && given.length > 3
      const [port, address] = sliced ? given.slice(3) : given.slice(1)
      return { port, address }
    }),
  )
  hang('dgram.Socket.connect', prototype, 'connect', (real) => door(real, ([port, address]) => ({ port, address })))
}

function door(real: AnyFunction, target: (given: unknown[]) => { port: unknown; address: unknown }): AnyFunction {
  return function (this: Socket, ...given) {
    const { network } = behind
    const { port, address } = network ? target(given) : { port: undefined, address: undefined }
    if (!network || typeof address !== 'string' || address === '') return Reflect.apply(real, this, given)
    const destination = { host: nameFor(address) ?? address, port: Number(port), secure: false }
    if (network.judge(destination) === 'pass') return Reflect.apply(real, this, given)
    const error = network.refuse(destination, { method: 'UDP', path: '' })
    const callback = given.at(-1)
    if (typeof callback === 'function') process.nextTick(callback as Callback, error)
    else process.nextTick(() => this.emit('error', error))
    return undefined
  }
}
