import type { OpenRequests } from './work-registry.ts'

/** A line longer than this is no message that we follow. Characters. */
const MAX_MESSAGE = 4_000_000

interface Message {
  id?: string | number | null
  method?: unknown
  result?: unknown
  error?: unknown
  params?: { requestId?: string | number }
}

/**
 * Follows JSON-RPC 2.0 on the two streams of a process: one message a line, as MCP has it, or with the headers of the
 * Language Server Protocol. A stream that never asks anything is not read further than to its first characters.
 */
export class RequestBook implements OpenRequests {
  readonly ofChild = new Set<string | number>()
  readonly byChild = new Set<string | number>()
  readonly #toChild = new Messages()
  readonly #fromChild = new Messages()
  spoken = false

  /** What was written to the child. */
  sent(chunk: unknown): void {
    for (const message of this.#toChild.take(chunk)) {
      if (!this.spoken && message.method === undefined) continue
      this.spoken = true
      settle(message, { asks: this.ofChild, answers: this.byChild })
      // The one who asked has lost interest: an answer may never come.
      const given = message.method === 'notifications/cancelled' ? message.params?.requestId : undefined
      if (given !== undefined) this.ofChild.delete(given)
    }
  }

  /** What was read from the child. */
  heard(chunk: unknown): void {
    if (!this.spoken) return
    for (const message of this.#fromChild.take(chunk)) {
      settle(message, { asks: this.byChild, answers: this.ofChild })
    }
  }
}

function settle(
  { id, method, result, error }: Message,
  { asks, answers }: { asks: Set<string | number>; answers: Set<string | number> },
): void {
  if (id === undefined || id === null) return
  if (typeof method === 'string') asks.add(id)
  else if (result !== undefined || error !== undefined) answers.delete(id)
}

/** Cuts a stream of chunks into the JSON-RPC messages in it. */
class Messages {
  #rest = ''

  take(chunk: unknown): Message[] {
    if (typeof chunk !== 'string' && !(chunk instanceof Uint8Array)) return []
    const text = this.#rest + (typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString())
    const lines = text.split('\n')
    this.#rest = lines.pop()!
    // With headers, a message ends where its JSON does.
    const last = this.#rest.length < MAX_MESSAGE ? parse(this.#rest) : []
    if (last.length > 0 || this.#rest.length >= MAX_MESSAGE) this.#rest = ''
    return [...lines.flatMap(parse), ...last]
  }
}

function parse(line: string): Message[] {
  const text = line.trim().replace(/Content-Length: \d+$/i, '')
  if (!(text.startsWith('{') && text.endsWith('}')) && !(text.startsWith('[') && text.endsWith(']'))) return []
  if (!text.includes('"jsonrpc"')) return []
  try {
    return [JSON.parse(text) as Message | Message[]].flat()
  } catch {
    return []
  }
}
