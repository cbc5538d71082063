import { readFileSync } from 'node:fs'

/** Tables of TCP connections, where the system shows them. Source: proc(5), /proc/net/tcp. */
const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'] as const
const [LOCAL, REMOTE, UID] = [1, 2, 7]

const portOf = (address: string | undefined): number => Number.parseInt(address?.split(':').at(-1) ?? '', 16)

/**
 * Which user of this machine has the other end of a loopback connection: a page's Origin can be claimed by any program,
 * this cannot.
 *
 * @returns nothing where the system does not tell (only Linux does), null where it knows no such connection
 */
function userOfPeer({ theirPort, ourPort }: { theirPort: number; ourPort: number }): number | null | undefined {
  let isTold = false
  for (const table of TABLES) {
    let rows: string[]
    try {
      rows = readFileSync(table, 'utf8').split('\n').slice(1)
    } catch {
      continue
    }
    isTold = true
    for (const row of rows) {
      const columns = row.trim().split(/\s+/)
      if (portOf(columns[LOCAL]) === theirPort && portOf(columns[REMOTE]) === ourPort) return Number(columns[UID])
    }
  }
  return isTold ? null : undefined
}

/** Whether the other end may be this process's own user, or the system's administrator, who may do anything. */
export function mayBeOurs(ports: { theirPort: number; ourPort: number }): boolean {
  const user = userOfPeer(ports)
  return user === undefined || user === 0 || user === process.getuid?.()
}
