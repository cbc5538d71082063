import { ChildProcess } from 'node:child_process'
import { Server } from 'node:net'
import type { Readable, Writable } from 'node:stream'
import { hang } from './door.ts'
import { RequestBook } from './json-rpc.ts'
import { activeHandles } from './natives.ts'
import { registry, type ChildRecord } from './work-registry.ts'

/** What Node hands to `ChildProcess.prototype.spawn`: the arguments, and the environment as `NAME=value`. */
type SpawnOptions = { args?: readonly string[]; envPairs?: readonly string[] }
type Spawning = { spawn(options: SpawnOptions): number | undefined }
type AnyFunction = (...args: unknown[]) => unknown

/** Lets `listen` hear what each call of a method of one object is given; the method stays as it is otherwise. */
function overhear(target: object, method: string, listen: (first: unknown) => void): void {
  const real = (target as Record<string, AnyFunction>)[method]
  if (typeof real !== 'function') return
  const value = function (this: unknown, ...args: unknown[]): unknown {
    listen(args[0])
    return real.apply(this, args)
  }
  Object.defineProperty(target, method, { configurable: true, enumerable: false, writable: true, value })
}

const isGone = ({ child }: ChildRecord): boolean => child.exitCode !== null || child.signalCode !== null

/** An address on this machine, with its port. */
const ADDRESS = /(?:localhost|127(?:\.\d+){3}|\[::1\]|0\.0\.0\.0):(\d+)(?!\d)/g

/** The ports at which servers of this process listen. */
const ownPorts = (): Set<number> =>
  new Set(
    activeHandles().flatMap((handle) => {
      const address = handle instanceof Server ? handle.address() : null
      return typeof address === 'object' && address !== null ? [address.port] : []
    }),
  )

/** Whether what a child is given has the address of a server of this process. */
function hasOurAddress({ args = [], envPairs = [] }: SpawnOptions): boolean {
  const ports = [...args, ...envPairs].flatMap((text) => [...text.matchAll(ADDRESS)].map(([, port]) => Number(port)))
  if (ports.length === 0) return false
  const own = ownPorts()
  return ports.some((port) => own.has(port))
}

function adopt(child: ChildProcess, mayCall: boolean): void {
  for (const record of registry.children) if (isGone(record)) registry.children.delete(record)
  const requests = new RequestBook()
  const record: ChildRecord = { child, messages: 0, signals: 0, requests, mayCall }
  registry.children.add(record)
  const { stdin, stdout } = child as { stdin: Writable | null; stdout: Readable | null }
  if (stdin) for (const method of ['write', 'end']) overhear(stdin, method, (chunk) => requests.sent(chunk))
  if (stdout) overhear(stdout, 'push', (chunk) => requests.heard(chunk))
  overhear(child, 'send', () => void (record.messages += 1))
  overhear(child, 'disconnect', () => void (record.signals += 1))
}

const signal = (matches: (child: ChildProcess) => boolean): void => {
  for (const record of registry.children) if (matches(record.child)) record.signals += 1
}

/** Doors that know the child processes of this worker, and what is asked of them. */
export function hangChildDoors(): void {
  hang('ChildProcess.spawn', ChildProcess.prototype as unknown as Spawning, 'spawn', (spawn) => {
    return function (this: ChildProcess, options) {
      const result = spawn.call(this as never, options)
      if (this.pid !== undefined) adopt(this, hasOurAddress(options))
      return result
    }
  })
  hang('ChildProcess.kill', ChildProcess.prototype, 'kill', (kill) => {
    return function (this: ChildProcess, name) {
      signal((child) => child === this)
      return kill.call(this, name)
    }
  })
  hang('process.kill', process, 'kill', (kill) => (pid, name) => {
    // A negative one is a process group, which is named after its first member.
    signal((child) => child.pid === Math.abs(pid))
    return kill.call(process, pid, name)
  })
}
