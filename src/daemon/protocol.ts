import { randomBytes } from 'node:crypto'

/** A request as a line of JSON. Source: the KSI daemon's protocol. */
export interface Request {
  event: string
  data: Readonly<Record<string, unknown>>
  correlationId: string | null
}

/** Longer lines are refused, and their connection is closed. Bytes. */
export const MAX_LINE = 1024 * 1024

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
export function readRequest(line: string): Request | { error: string } {
  let given: unknown
  try {
    given = JSON.parse(line, (key, value: unknown) => (key === '__proto__' ? undefined : value))
  } catch (error) {
    return { error: `Invalid JSON: ${(error as Error).message}` }
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    return { error: 'Invalid JSON: a request is an object' }
  const { event, data = {}, correlation_id: correlationId = null } = given as Record<string, unknown>
  if (typeof event !== 'string' || event === '') return { error: 'Missing event name' }
  if (typeof data !== 'object' || data === null || Array.isArray(data))
    return { error: 'The data of an event is an object' }
  return {
    event,
    data: data as Record<string, unknown>,
    correlationId: correlationId === null ? null : String(correlationId),
  }
}

const seconds = (): number => Date.now() / 1_000

/** What a handler has given, as the answer to a request. */
export function answerTo({ event, correlationId }: Request, result: object): object {
  const data = {
    status: 'success',
    ...result,
    _timestamp: seconds(),
    _response_id: `resp_${randomBytes(4).toString('hex')}`,
  }
  return { event, data, count: 1, correlation_id: correlationId, timestamp: seconds() }
}

/** A failure of a handler, as what it would have given. */
export const refusal = (error: unknown): object => ({
  error: error instanceof Error ? error.message : String(error),
  status: 'failed',
  ...(error instanceof RefusedError && error.details),
})
