import { randomUUID } from 'node:crypto'
import { nestsDeeper } from '../trace/index.ts'
import { nowInSeconds } from './now.ts'

/** A request as a line of JSON. Source: the KSI daemon's protocol. */
export interface Request {
  event: string
  data: Readonly<Record<string, unknown>>
  correlationId: string | null
}

/** Longer lines are refused, and their connection is closed. Bytes. */
export const MAX_LINE = 1024 * 1024

/** Lists and blocks within one another; a line with more of them is refused. */
export const MAX_DEPTH = 100
/** Characters of a request's id, which stands in all that the request leads to. */
const MAX_ID = 256
/** Characters of an answer. What is asked for in pages is far below; one value that a client has kept may come near. */
const MAX_ANSWER = 4 * MAX_LINE

/** Thrown by a handler that refuses a request; becomes `error` and `status: "failed"` in the answer. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError'
  readonly details: Readonly<Record<string, unknown>>
  constructor(message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message)
    this.details = details
  }
}

/** Reads a line. What is wrong with one is a text. */
export function readRequest(line: string): Request | { error: string; correlation_id?: string } {
  if (nestsDeeper(line, MAX_DEPTH)) return { error: `Invalid JSON: more than ${MAX_DEPTH} lists and blocks are nested` }
  let given: unknown
  try {
    given = JSON.parse(line, (key, value: unknown) => (key === '__proto__' ? undefined : value))
  } catch (error) {
    return { error: `Invalid JSON: ${(error as Error).message}` }
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    return { error: 'Invalid JSON: a request must be an object' }
  const { event, data, correlation_id: id = null } = given as Record<string, unknown>
  const isId = typeof id === 'string' || typeof id === 'number' || id === null
  if (!isId || String(id).length > MAX_ID)
    return { error: `The correlation_id of a request must be a text of at most ${MAX_ID} characters` }
  const correlationId = id === null ? null : String(id)
  // A client with several requests in flight sees by it which one was refused.
  const refused = (error: string) => ({ error, ...(correlationId !== null && { correlation_id: correlationId }) })
  if (typeof event !== 'string' || event === '') return refused('Missing event name')
  if (typeof (data ?? {}) !== 'object' || Array.isArray(data)) return refused('The data of an event must be an object')
  return { event, data: (data ?? {}) as Record<string, unknown>, correlationId }
}

/** A value that a client has given, as it stands in a message. */
export function quoted(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length <= MAX_QUOTED ? text : `${text.slice(0, MAX_QUOTED)}… (${text.length} characters)`
}

const MAX_QUOTED = 200

/** What a handler has given, as the answer to a request. */
export function answerTo({ event, correlationId }: Request, result: object): object {
  const data = {
    status: 'success',
    ...result,
    _timestamp: nowInSeconds(),
    _response_id: `resp_${randomUUID().slice(0, 8)}`,
  }
  return { event, data, count: 1, correlation_id: correlationId, timestamp: nowInSeconds() }
}

/**
 * An answer as a line.
 *
 * @throws RefusedError for one that is too long
 */
export function lineOf(answer: object): string {
  let line: string
  try {
    line = JSON.stringify(answer)
  } catch (error) {
    // What a text can have at most is said by the engine, in words of its own.
    if (error instanceof RangeError) throw tooLong(undefined)
    throw error
  }
  if (line.length > MAX_ANSWER) throw tooLong(line.length)
  return line
}

const tooLong = (length: number | undefined): RefusedError =>
  new RefusedError(
    `The answer has ${length === undefined ? '' : `${length} characters, which is `}more than the limit of ${MAX_ANSWER} characters. ` +
      'Request less: set a smaller limit, or request one item at a time.',
  )

/** A failure of a handler, as what it would have given. */
export const refusal = (error: unknown): object => ({
  error: error instanceof Error ? error.message : String(error),
  status: 'failed',
  ...(error instanceof RefusedError && error.details),
})
