import { syncBuiltinESMExports } from 'node:module'
import { installDatagrams } from './datagrams.ts'
import { installDns } from './dns.ts'
import { installFetch } from './fetch.ts'
import { installHttp2 } from './http2.ts'
import { installSockets } from './sockets.ts'
import { installSocketTimeouts } from './socket-timeouts.ts'
import { installWrites } from './writes.ts'

export type { Destination, NetworkBehind, Verdict } from './behind.ts'
export { hangUp } from './inside.ts'
export { isLoopback, plainHost } from './loopback.ts'
export { stand } from './stand.ts'

let installed = false

/** Hangs all doors of this worker, once and for good. */
export function installDoors(): void {
  if (installed) return
  installed = true
  installFetch()
  installSockets()
  installWrites()
  installHttp2()
  installSocketTimeouts()
  installDns()
  installDatagrams()
  // Named imports of the modules whose functions were replaced.
  syncBuiltinESMExports()
}
