import { syncBuiltinESMExports } from 'node:module'
import { hangChildren } from './children.ts'
import { hangDatagrams } from './datagrams.ts'
import { hangDns } from './dns.ts'
import { hangFetch } from './fetch.ts'
import { hangHttp2 } from './http2.ts'
import { watchSenders } from './senders.ts'
import { hangSocketTimeouts } from './socket-timeouts.ts'
import { hangSockets } from './sockets.ts'
import { hangWrites } from './writes.ts'

/** Hangs all doors through which bytes leave the process, names are looked up, or other processes and workers are started. */
export function hangNetwork(): void {
  hangFetch()
  hangSockets()
  hangWrites()
  watchSenders()
  hangHttp2()
  hangSocketTimeouts()
  hangDns()
  hangDatagrams()
  hangChildren()
  // For named imports of `node:dns`, `node:http2`, `node:child_process` and `node:worker_threads`.
  syncBuiltinESMExports()
}
