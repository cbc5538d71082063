import type { EventBody, RefusedReason } from '../trace/index.ts'
import { actingAgent } from './callers.ts'

/** How long a service takes to refuse a request without looking at it. Milliseconds. */
export const REFUSAL_MS = 20

/** A request that is refused before it becomes a call, as a mount tells the provider of it. */
export interface RefusedRequest {
  /** Host and port as the URL has them: `api.openai.com`, `127.0.0.1:4010`. */
  host: string
  method: string
  /** What comes after the host; a query is left out of the trace. */
  path: string
  /** The HTTP status of the answer; null where the request is not answered. */
  status: number | null
  reason: RefusedReason
  /** What is wrong, in a sentence. */
  message: string
  /** The service, where it is one of those that are simulated. */
  provider?: string | undefined
  model?: string | undefined
  /** What the header `x-longhaul-agent` says. */
  agent?: string | undefined
  /** What the request itself says of its sender. Later ones count less. */
  callerHints?: readonly string[]
  /** Identifies requests with the same content. */
  fingerprint?: string | undefined
}

/** Whether a simulated service has seen a request, so that it counts as a call. */
export const isCall = ({ reason }: Pick<RefusedRequest, 'reason'>): boolean =>
  reason !== 'outside' && reason !== 'unsimulated'

/** The event that tells of a refused request. */
export function refusedEvent(
  {
    host,
    method,
    path,
    status,
    reason,
    message,
    provider,
    model,
    agent,
    callerHints = [],
    fingerprint,
  }: RefusedRequest,
  call: number | null,
): Extract<EventBody, { type: 'call.refused' }> {
  return {
    type: 'call.refused',
    call,
    agent: (agent || actingAgent() || callerHints.find((hint) => hint !== '')) ?? null,
    provider: provider ?? null,
    model: model ?? null,
    host: host.toLowerCase(),
    method,
    path: path.replace(/[?#].*$/, ''),
    status,
    reason,
    message,
    request: fingerprint ?? null,
  }
}
