import { ChildProcess } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { hang } from './door.ts'
import { RequestBook } from './json-rpc.ts'
import { registry, type ChildRecord } from './work-registry.ts'

type Spawning = { spawn(options: unknown): number | undefined }
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

function adopt(child: ChildProcess): void {
  for (const record of registry.children) if (isGone(record)) registry.children.delete(record)
  const requests = new RequestBook()
  const record: ChildRecord = { child, messages: 0, signals: 0, requests }
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
      if (this.pid !== undefined) adopt(this)
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
