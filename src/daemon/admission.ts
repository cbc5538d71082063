import type { Socket } from 'node:net'
import { Connection, type ConnectionContext } from './connection.ts'

/** Clients at the same time; where one more comes, the one that has said nothing for longest goes. */
const MAX_CONNECTIONS = 200
/** Beside them, for clients that ask one thing, such as `longhaul send` of the daemon's owner. */
const MAX_SHORT = 16
/** A client that said something so lately is not sent away. Real milliseconds. */
const IDLE_MS = 1_000

/** The clients of a daemon: as many as it can serve, and a place for one more that only asks. */
export class Admission {
  readonly #long = new Set<Connection>()
  readonly #short = new Set<Connection>()
  readonly #context: ConnectionContext

  constructor(context: ConnectionContext) {
    this.#context = context
  }

  get all(): Iterable<Connection> {
    return [...this.#long, ...this.#short]
  }

  /** Takes a client, if there is a place. One that is over takes none. */
  admit(socket: Socket): void {
    const among = this.#placeIn(this.#long, MAX_CONNECTIONS) ?? this.#placeIn(this.#short, MAX_SHORT)
    if (!among) {
      socket.on('error', () => {})
      socket.end(
        `${JSON.stringify({ error: `${MAX_CONNECTIONS} clients are connected, which is the limit. Connect again later.` })}\n`,
      )
      socket.destroySoon()
      return
    }
    const connection = new Connection(socket, this.#context, { short: among === this.#short })
    among.add(connection)
    socket.on('close', () => among.delete(connection))
  }

  #placeIn(among: Set<Connection>, most: number): Set<Connection> | undefined {
    return among.size < most || sendIdleAway(among) ? among : undefined
  }
}

/** Sends the client away that has been idle for longest, those first that have never said anything. Says whether there was one. */
function sendIdleAway(among: Set<Connection>): boolean {
  let longest: { connection: Connection; idleMs: number } | undefined
  for (const connection of among) {
    const idleMs = connection.hasSpoken ? connection.idleMs : Number.POSITIVE_INFINITY
    if (idleMs === undefined || idleMs <= (longest?.idleMs ?? IDLE_MS)) continue
    longest = { connection, idleMs }
    // They stand in the order in which they came.
    if (!connection.hasSpoken) break
  }
  if (!longest) return false
  among.delete(longest.connection)
  longest.connection.send({ error: 'The daemon closed this idle connection to admit another client. Connect again.' })
  longest.connection.close()
  return true
}
