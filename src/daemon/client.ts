import { randomUUID } from 'node:crypto'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { native } from '../doors/index.ts'

/** Thrown when no daemon answers on the socket. */
export class NoDaemonError extends Error {
  override readonly name = 'NoDaemonError'
  readonly code = 'LONGHAUL_NO_DAEMON'
}

/** Thrown when a daemon runs and does not answer in time. */
export class DaemonSilentError extends Error {
  override readonly name = 'DaemonSilentError'
  readonly code = 'LONGHAUL_DAEMON_SILENT'
}

/** The answer to one event. */
export interface DaemonAnswer {
  event: string
  data: Readonly<Record<string, unknown>>
}

interface Line extends DaemonAnswer {
  correlation_id?: unknown
  event_name?: unknown
  error?: unknown
}

/** How long an answer is waited for. Real milliseconds. */
const ANSWER_MS = 5 * 60_000

/** What nobody listens to, or nothing is at: no daemon. Other errors may be those of one that is busy. */
const NOBODY: readonly (string | undefined)[] = ['ECONNREFUSED', 'ENOENT', 'ENOTSOCK', 'ENOTDIR']

const inWords = (ms: number): string => `${ms / 1_000} s`

/**
 * Sends one event to a daemon and gives its answer: the line that has the request's own id, whatever else comes before it.
 *
 * @param withinMs how long the answer is waited for; real milliseconds, default five minutes
 * @throws NoDaemonError, DaemonSilentError
 */
export function send(
  socket: string,
  event: string,
  data: object,
  { withinMs = ANSWER_MS }: { withinMs?: number } = {},
): Promise<DaemonAnswer> {
  const id = randomUUID()
  return new Promise((resolve, reject) => {
    let isConnected = false
    const client = connect(socket, () => {
      isConnected = true
      client.write(`${JSON.stringify({ event, data, correlation_id: id })}\n`)
    })
    const onClose = (): void => {
      native.clearTimeout(timer)
      reject(new NoDaemonError(`The daemon at ${socket} closed the connection without an answer to ${event}.`))
    }
    const end = (): void => {
      native.clearTimeout(timer)
      client.off('close', onClose)
      client.destroy()
    }
    const timer = native.setTimeout(() => {
      end()
      const what = isConnected ? `did not answer ${event}` : 'did not accept the connection'
      reject(
        new DaemonSilentError(
          `The daemon at ${socket} ${what} within ${inWords(withinMs)}. The daemon is busy or hangs. See the log of the daemon.`,
        ),
      )
    }, withinMs)
    client.on('error', (error: NodeJS.ErrnoException) => {
      end()
      reject(
        new NoDaemonError(
          NOBODY.includes(error.code)
            ? `No daemon answers at ${socket} (${error.code}). Start one with: longhaul daemon start`
            : `The daemon at ${socket} cannot be reached (${error.code}).`,
        ),
      )
    })
    const lines = createInterface(client)
    // readline hands on the errors of its stream.
    lines.on('error', () => {})
    lines.on('line', (text) => {
      const answer = answerIn(text, id)
      if (!answer) return
      end()
      resolve(answer)
    })
    client.on('close', onClose)
  })
}

/** The answer to the request of that id; what is pushed, or answers nobody, is none. */
function answerIn(text: string, id: string): DaemonAnswer | undefined {
  let line: Line
  try {
    line = JSON.parse(text) as Line
  } catch {
    return undefined
  }
  if (typeof line !== 'object' || line === null) return undefined
  // What is wrong with the request as a line is said without an id.
  const isRefusedLine = line.event === undefined && line.event_name === undefined && typeof line.error === 'string'
  if (isRefusedLine) return { event: '', data: { error: line.error, status: 'failed' } }
  return line.correlation_id === id && line.event_name === undefined ? line : undefined
}

/**
 * Whether somebody listens on a socket, a daemon that is too busy to answer included.
 */
export const isAnswering = (socket: string): Promise<boolean> =>
  new Promise((resolve) => {
    const client = connect(socket, () => {
      client.destroy()
      resolve(true)
    })
    client.on('error', ({ code }: NodeJS.ErrnoException) => resolve(code === 'EAGAIN'))
  })
