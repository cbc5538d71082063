import { connect } from 'node:net'
import { createInterface } from 'node:readline'

/** Thrown when no daemon answers. */
export class NoDaemonError extends Error {
  override readonly name = 'NoDaemonError'
  readonly code = 'LONGHAUL_NO_DAEMON'
}

/** The answer to one event. */
export interface DaemonAnswer {
  event: string
  data: Readonly<Record<string, unknown>>
}

/**
 * Sends one event to a daemon and gives its answer.
 *
 * @throws NoDaemonError
 */
export function send(socket: string, event: string, data: object): Promise<DaemonAnswer> {
  return new Promise((resolve, reject) => {
    const client = connect(socket, () => client.write(`${JSON.stringify({ event, data })}\n`))
    client.on('error', (error: NodeJS.ErrnoException) =>
      reject(
        new NoDaemonError(`No daemon answers at ${socket} (${error.code}). Start one with: longhaul daemon start`),
      ),
    )
    const lines = createInterface(client)
    // readline hands on the errors of its stream.
    lines.on('error', () => {})
    lines.once('line', (line) => {
      client.end()
      resolve(JSON.parse(line) as DaemonAnswer)
    })
    client.on('close', () =>
      reject(new NoDaemonError(`The daemon at ${socket} closed the connection without an answer.`)),
    )
  })
}

/** Whether somebody answers on a socket. */
export const isAnswering = (socket: string): Promise<boolean> =>
  new Promise((resolve) => {
    const client = connect(socket, () => {
      client.destroy()
      resolve(true)
    })
    client.on('error', () => resolve(false))
  })
