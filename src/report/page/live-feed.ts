import type { PushedEvent } from './live-runs.ts'

type Data = Readonly<Record<string, unknown>>

/** What a page knows of its connection. */
export type Connection = 'connecting' | 'connected' | 'no daemon' | 'lost'

interface FeedOptions {
  url: string
  /** Without it the page may look, and no more. */
  token: string | undefined
  onEvent: (event: PushedEvent) => void
  onConnection: (connection: Connection) => void
}

const FIRST_PAUSE_MS = 500
const MAX_PAUSE_MS = 10_000
const ANSWER_LIMIT_MS = 10_000

/** A connection to the daemon by way of the bridge, which is made again whenever it is lost. */
export class LiveFeed {
  readonly #options: FeedOptions
  readonly #waiting = new Map<string, (data: Data) => void>()
  #socket: WebSocket | undefined
  #pause = FIRST_PAUSE_MS
  #next = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #isClosed = false

  constructor(options: FeedOptions) {
    this.#options = options
    this.#connect()
  }

  #connect(): void {
    const { url, token, onConnection } = this.#options
    onConnection('connecting')
    const socket = new WebSocket(url, token === undefined ? [] : [token])
    this.#socket = socket
    socket.addEventListener('message', ({ data }) => this.#read(String(data)))
    socket.addEventListener('close', () => {
      this.#waiting.clear()
      if (this.#isClosed) return
      onConnection('lost')
      this.#timer = setTimeout(() => this.#connect(), this.#pause)
      this.#pause = Math.min(MAX_PAUSE_MS, this.#pause * 2)
    })
  }

  #read(text: string): void {
    const said = JSON.parse(text) as PushedEvent & { correlation_id?: string; data: Data }
    const { onConnection, onEvent } = this.#options
    if (said.event === 'bridge:error') return onConnection('no daemon')
    if (said.event === 'bridge:connected') {
      this.#pause = FIRST_PAUSE_MS
      onConnection('connected')
      return
    }
    const answered = said.correlation_id === undefined ? undefined : this.#waiting.get(said.correlation_id)
    if (answered) {
      this.#waiting.delete(said.correlation_id!)
      answered(said.data)
    } else if (said.orchestration_id !== undefined) onEvent(said)
  }

  /** Asks the daemon. What is wrong is `error` of the answer. */
  ask(event: string, data: Data = {}): Promise<Data> {
    const id = `page_${(this.#next += 1)}`
    if (this.#socket?.readyState !== WebSocket.OPEN)
      return Promise.resolve({ error: 'The page is not connected to the daemon.' })
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id)
        resolve({ error: 'The daemon did not answer.' })
      }, ANSWER_LIMIT_MS)
      this.#waiting.set(id, (answer) => {
        clearTimeout(timer)
        resolve(answer)
      })
      this.#socket!.send(JSON.stringify({ event, data, correlation_id: id }))
    })
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
    this.#socket?.close()
  }
}
