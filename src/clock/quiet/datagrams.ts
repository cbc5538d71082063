import type { Socket } from 'node:dgram'
import { existsSync, readFileSync } from 'node:fs'
import { LOOPBACK, plainHost, registry, shared, type WorkBehind } from '../../doors/index.ts'
import type { Milliseconds } from '../duration.ts'
import type { Holding, SettleWindows } from './evidence.ts'

type Destination = Parameters<WorkBehind['datagram']>[1]

/** Destinations that never answered: they do not hold the clock of a later run either. */
const sinks = shared('work.datagramSinks', () => new Set<string>())

const OWN = new RegExp(`^${LOOPBACK}$`)
const isLoopback = (address: string): boolean => OWN.test(plainHost(address))

/** Whether a socket of this process is bound to a port. */
function isOurs(port: number): boolean {
  for (const known of registry.datagramSockets) {
    try {
      if (known.deref()?.address().port === port) return true
    } catch {
      // It is closed, or not bound yet.
    }
  }
  return false
}

/** Where Linux lists the ports that are bound, those of all processes. */
const TABLES = ['/proc/net/udp', '/proc/net/udp6']

/** Whether nobody on this machine has bound a port, as far as the system tells. */
function isNobodys(port: number): boolean {
  const entry = `:${port.toString(16).toUpperCase().padStart(4, '0')} `
  const tables = TABLES.filter((file) => existsSync(file))
  return tables.length > 0 && !tables.some((file) => readFileSync(file, 'latin1').includes(entry))
}

/**
 * Tells whether a datagram is under way: to a socket of this process until it is there, to another one until an answer
 * comes, for at most `settleMs`. A destination that never answers is found out once.
 */
export class Datagrams {
  readonly #windows: SettleWindows
  readonly #open = new Map<Socket, { name: string; since: Milliseconds; ours: boolean; received: number }>()

  constructor(windows: SettleWindows) {
    this.#windows = windows
  }

  sent(socket: Socket, { port, address }: Destination, now: Milliseconds): void {
    const name = `${address}:${port}`
    const ours = isLoopback(address) && isOurs(port)
    if (!ours && (sinks.has(name) || (isLoopback(address) && isNobodys(port)))) return
    this.#open.set(socket, { name, since: now, ours, received: totalOf(ours, socket) })
  }

  look(now: Milliseconds): Holding | undefined {
    for (const [socket, { name, since, ours, received }] of this.#open) {
      if (totalOf(ours, socket) === received && now - since < (ours ? this.#windows.quietMs : this.#windows.settleMs)) {
        return { what: `a datagram to ${name} is in transit`, since }
      }
      if (!ours && totalOf(ours, socket) === received) sinks.add(name)
      this.#open.delete(socket)
    }
    return undefined
  }
}

/** Datagrams that were received: by all sockets of this process, or by the one that has asked. */
function totalOf(ours: boolean, socket: Socket): number {
  if (!ours) return registry.received.get(socket) ?? 0
  let total = 0
  for (const known of registry.datagramSockets) total += registry.received.get(known.deref()!) ?? 0
  return total
}
