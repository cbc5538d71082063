import { BroadcastChannel, isMainThread, MessagePort, Worker } from 'node:worker_threads'
import { hang } from './door.ts'
import { registry } from './work-registry.ts'

function know(worker: Worker): void {
  // One that has ended has no thread any more.
  for (const other of registry.workers) if (other.threadId < 0) registry.workers.delete(other)
  registry.workers.add(worker)
}

/** Whether a message to a worker hands a port over, by its list of what is transferred. */
function hasPort(given: unknown): boolean {
  const list = Array.isArray(given) ? given : (given as { transfer?: unknown } | undefined)?.transfer
  return Array.isArray(list) && list.some((transferred) => transferred instanceof MessagePort)
}

type Emitting = { emit(...args: unknown[]): boolean }

/** Doors that know the worker threads of this thread, when something is posted, and when they answer. */
export function hangPortDoors(): void {
  process.on('worker', know)
  // In a thread of the test runner, what goes through a port may be the runner's own.
  const posting = isMainThread ? { Worker, MessagePort, BroadcastChannel } : { Worker }
  for (const [name, { prototype }] of Object.entries(posting)) {
    hang(`${name}.postMessage`, prototype as Pick<Worker, 'postMessage'>, 'postMessage', (post) => {
      return function (this: Worker, ...args) {
        registry.posted += 1
        if (name === 'Worker' && hasPort(args[1])) registry.portsAway = true
        if (name !== 'MessagePort' || registry.portsAway) registry.postedAway += 1
        return post.apply(this, args)
      }
    })
  }
  hang('Worker.emit', Worker.prototype as unknown as Emitting, 'emit', (emit) => {
    return function (this: Emitting, ...args) {
      if (args[0] === 'message') registry.answered += 1
      return emit.apply(this, args)
    }
  })
}
