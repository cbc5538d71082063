import type { ChildProcess } from 'node:child_process'
import type { Socket as DatagramSocket } from 'node:dgram'
import type { Worker } from 'node:worker_threads'
import { shared } from './realm.ts'

/** JSON-RPC requests that wait for an answer on the stdio of a child process. */
export interface OpenRequests {
  /** Whether anything was ever asked. */
  readonly spoken: boolean
  /** Asked of the child. */
  readonly ofChild: ReadonlySet<string | number>
  /** Asked by the child: it waits for this process. */
  readonly byChild: ReadonlySet<string | number>
}

/** A child process, with what its doors have seen. */
export interface ChildRecord {
  readonly child: ChildProcess
  /** How many messages were sent to it, and how often it was told to end or to do something else: what no counter of Node's shows. */
  messages: number
  signals: number
  readonly requests: OpenRequests
  /** Whether it was given the address of a server of this process, as an argument or in its environment. */
  readonly mayCall: boolean
}

/** What the doors of work have seen in this worker, whoever installed them. */
interface WorkRegistry {
  readonly children: Set<ChildRecord>
  readonly workers: Set<Worker>
  readonly datagramSockets: Set<WeakRef<DatagramSocket>>
  /** Datagrams that each socket has received. */
  readonly received: WeakMap<DatagramSocket, number>
  /** Messages posted to ports, workers and channels so far. */
  posted: number
  /** Those of them that may have gone to another thread. */
  postedAway: number
  /** Whether a port was ever handed to another thread: what is posted to any port may go there. */
  portsAway: boolean
  /** Messages that came from workers so far. */
  answered: number
  /** Native add-ons that were loaded. */
  addOns: number
}

/** What the doors of work have seen in this worker. */
export const registry = shared('work', (): WorkRegistry => ({
  children: new Set(),
  workers: new Set(),
  datagramSockets: new Set(),
  received: new WeakMap(),
  posted: 0,
  postedAway: 0,
  portsAway: false,
  answered: 0,
  addOns: 0,
}))
