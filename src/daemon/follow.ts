import { randomUUID } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import type { LoggedEvent } from './logged-event.ts'

type Data = Readonly<Record<string, unknown>>

/** A connection to a daemon that is made again whenever it is lost. */
export interface Following {
  /** Asks the daemon. What is wrong is `error` of the answer. */
  request(event: string, data?: object): Promise<Data>
  close(): void
}

interface FollowOptions {
  /** The daemon's socket. */
  socket: string
  onEvent: (event: LoggedEvent) => void
  onConnection: (isConnected: boolean) => void
}

/** How long a daemon that does not answer is left alone. Real milliseconds. */
const LOOK_EVERY_MS = 500
const NOBODY: Data = { error: 'The page is not connected to the daemon.' }

/** Is told of all that happens in a daemon, over its restarts. */
export function follow({ socket: path, onEvent, onConnection }: FollowOptions): Following {
  const waiting = new Map<string, (data: Data) => void>()
  let socket: Socket | undefined
  let timer: NodeJS.Timeout | undefined
  let isClosed = false

  const read = (text: string): void => {
    if (isClosed) return
    const said = JSON.parse(text) as LoggedEvent & { correlation_id?: string; data: Data }
    if (said.event_name !== undefined) return onEvent(said)
    const answered = waiting.get(said.correlation_id ?? '')
    waiting.delete(said.correlation_id ?? '')
    answered?.(said.data)
  }
  const request = (event: string, data: object = {}): Promise<Data> =>
    new Promise((resolve) => {
      if (!socket?.writable) return resolve(NOBODY)
      const id = randomUUID()
      waiting.set(id, resolve)
      socket.write(`${JSON.stringify({ event, data, correlation_id: id })}\n`)
    })
  const begin = (): void => {
    const made = connect(path)
    made.on('connect', () => {
      socket = made
      void request('monitor:subscribe', { event_patterns: ['*'], client_id: 'longhaul watch' })
      onConnection(true)
    })
    const lines = createInterface(made)
    // readline hands on the errors of its stream.
    lines.on('error', () => {})
    lines.on('line', read)
    made.on('error', () => {})
    made.on('close', () => {
      if (socket === made && !isClosed) onConnection(false)
      socket = undefined
      for (const answered of waiting.values()) answered(NOBODY)
      waiting.clear()
      if (!isClosed) timer = setTimeout(begin, LOOK_EVERY_MS)
    })
  }
  begin()
  return {
    request,
    close() {
      isClosed = true
      clearTimeout(timer)
      socket?.destroy()
    },
  }
}
