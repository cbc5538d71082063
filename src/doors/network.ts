import { syncBuiltinESMExports } from 'node:module'
import { hangDatagrams } from './datagrams.ts'
import { hangDns } from './dns.ts'
import { hangFetch } from './fetch.ts'
import { hangHttp2 } from './http2.ts'
import { hangSocketTimeouts } from './socket-timeouts.ts'
import { hangSockets } from './sockets.ts'
import { hangWrites } from './writes.ts'

/** Hangs all doors through which bytes leave the process, or names are looked up. */
export function hangNetwork(): void {
  hangFetch()
  hangSockets()
  hangWrites()
  hangHttp2()
  hangSocketTimeouts()
  hangDns()
  hangDatagrams()
  // For named imports of `node:dns` and `node:http2`.
  syncBuiltinESMExports()
}
