import type { Json } from '../../strategy/index.ts'
import type { ReportedLimit } from './limits.ts'
import type { NoAccess } from './no-access.ts'

/** The kind of the failure of a completion. */
export type FailureKind =
  | 'rate_limited'
  | 'overloaded'
  | 'server_error'
  | 'connection'
  | 'bad_answer'
  /** The service took too long for one try. */
  | 'timeout'
  /** The caller's own time is up, whatever the service's health. */
  | 'deadline'
  | 'refused_request'
  | 'breaker_open'
  | 'budget'
  | 'terminated'
  | 'cancelled'

/** Which failures may pass when the same request is sent again. */
const RETRYABLE: ReadonlySet<FailureKind> = new Set<FailureKind>([
  'rate_limited',
  'overloaded',
  'server_error',
  'connection',
  'bad_answer',
  'timeout',
])

/** Thrown when a completion request to a provider fails. */
export class CompletionError extends Error {
  override readonly name = 'CompletionError'
  readonly code = 'LONGHAUL_COMPLETION_FAILED'
  /** The kind of the failure, which decides whether a retry is useful. */
  readonly kind: FailureKind
  /** The HTTP status, if there was an answer. */
  readonly status: number | undefined
  /** The time to wait before a retry, as the service stated it. Milliseconds. */
  readonly retryAfterMs: number | undefined
  /**
   * Set if the service rejects the whole account: no retry at this service can succeed, but another service may answer.
   */
  readonly noAccess: NoAccess | undefined
  /** Whether the orchestrator made no call, because the result was known before. */
  readonly unmade: boolean
  /** The remaining requests of the account, if the service reports them. */
  readonly limit: ReportedLimit | undefined
  /** Whether the service may have processed the request, and may bill it. */
  readonly mayBeBilled: boolean
  /** Whether the failure concerns a name that does not exist, and that is not a misspelling of an existing name. */
  readonly unknown: boolean
  /** A partial result, such as the answers of a gather that needed more. */
  readonly partial: Json | undefined

  constructor(
    kind: FailureKind,
    message: string,
    {
      status,
      retryAfterMs,
      limit,
      noAccess,
      unmade = false,
      mayBeBilled = false,
      unknown = false,
      partial,
      cause,
    }: {
      status?: number
      retryAfterMs?: number | undefined
      limit?: ReportedLimit | undefined
      noAccess?: NoAccess | undefined
      unmade?: boolean
      mayBeBilled?: boolean
      unknown?: boolean
      partial?: Json
      cause?: unknown
    } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause })
    this.kind = kind
    this.status = status
    this.retryAfterMs = retryAfterMs
    this.limit = limit
    this.noAccess = noAccess
    this.unmade = unmade
    this.mayBeBilled = mayBeBilled
    this.unknown = unknown
    this.partial = partial
  }

  /** Whether a retry of the same request can succeed. */
  get retryable(): boolean {
    return RETRYABLE.has(this.kind) && !this.noAccess
  }

  /** Whether another model may answer the same request. */
  get passesElsewhere(): boolean {
    return this.retryable || this.kind === 'breaker_open' || this.noAccess !== undefined
  }
}

/** Words for a request that alone exceeds a limit on tokens: no wait helps, though its status is that of a rate limit. */
const TOO_LARGE = /^Request too large for /

/**
 * The kind of failure that an HTTP status stands for.
 *
 * @param message the text of the service's error
 */
export function kindOfStatus(status: number, message = ''): FailureKind {
  if (status === 429) return TOO_LARGE.test(message) ? 'refused_request' : 'rate_limited'
  if (status === 503 || status === 529) return 'overloaded'
  if (status === 408 || status === 409 || status >= 500) return 'server_error'
  return 'refused_request'
}

/**
 * What a failure is to a strategy: `failure.kind` and `failure.message`. A deadline that has only ended the pause after a failed try says
 * less than that failure does.
 */
export function failureOf(error: unknown): { kind: string; message: string; unknown?: boolean } {
  if (!(error instanceof CompletionError))
    return {
      kind: error instanceof Error ? error.name : 'error',
      message: error instanceof Error ? error.message : String(error),
    }
  const { kind, message, cause, unknown } = error
  if (kind === 'deadline' && cause instanceof CompletionError)
    return { kind: cause.kind, message: `${message} The last failure: ${cause.message}` }
  return { kind: kind === 'deadline' ? 'timeout' : kind, message, ...(unknown && { unknown: true }) }
}

/** Why a completion was broken off though its agent is alive: it is asked again. */
export class AgentRestarted extends Error {
  override readonly name = 'AgentRestarted'
  constructor(agent: string) {
    super(`The agent ${agent} was restarted.`)
  }
}
