import { BroadcastChannel, MessagePort, Worker } from 'node:worker_threads'
import { hang } from './door.ts'
import { registry } from './work-registry.ts'

function know(worker: Worker): void {
  // One that has ended has no thread any more.
  for (const other of registry.workers) if (other.threadId < 0) registry.workers.delete(other)
  registry.workers.add(worker)
}

/** Doors that know the worker threads of this thread, and when something is posted. */
export function hangPortDoors(): void {
  process.on('worker', know)
  for (const [name, { prototype }] of Object.entries({ Worker, MessagePort, BroadcastChannel })) {
    hang(`${name}.postMessage`, prototype as Pick<Worker, 'postMessage'>, 'postMessage', (post) => {
      return function (this: Worker, ...args) {
        registry.posted += 1
        return post.apply(this, args)
      }
    })
  }
}
