import { badGateway } from './bad-gateway.ts'
import { certificateExpired } from './certificate-expired.ts'
import { connectionRefused } from './connection-refused.ts'
import { connectionTimeout } from './connection-timeout.ts'
import { contentFilter } from './content-filter.ts'
import { dnsNotFound } from './dns-not-found.ts'
import { dnsUnavailable } from './dns-unavailable.ts'
import { empty } from './empty.ts'
import type { FaultKind } from './fault.ts'
import { fragmented } from './fragmented.ts'
import { hang } from './hang.ts'
import { htmlPage } from './html-page.ts'
import { malformedJson } from './malformed-json.ts'
import { maxTokens } from './max-tokens.ts'
import { modelRetired } from './model-retired.ts'
import { overloaded } from './overloaded.ts'
import { promptFiltered } from './prompt-filtered.ts'
import { quotaExhausted } from './quota-exhausted.ts'
import { rateLimited } from './rate-limited.ts'
import { refusal } from './refusal.ts'
import { reset } from './reset.ts'
import { resetMidway } from './reset-midway.ts'
import { serverError } from './server-error.ts'
import { slow } from './slow.ts'
import { stall } from './stall.ts'
import { stallWithPings } from './stall-with-pings.ts'
import { streamError } from './stream-error.ts'
import { streamErrorFirst } from './stream-error-first.ts'
import { truncated } from './truncated.ts'
import { unauthorized } from './unauthorized.ts'

export type { Circumstances, Ending, FaultKind } from './fault.ts'

/** The name of something that can go wrong with a call. */
export type Fault =
  | 'rate_limited'
  | 'overloaded'
  | 'server_error'
  | 'bad_gateway'
  | 'hang'
  | 'reset'
  | 'reset_midway'
  | 'truncated'
  | 'malformed_json'
  | 'empty'
  | 'refusal'
  | 'slow'
  | 'stall'
  | 'stream_error'
  | 'content_filter'
  | 'max_tokens'
  | 'quota_exhausted'
  | 'unauthorized'
  | 'model_retired'
  | 'prompt_filtered'
  | 'html_page'
  | 'connection_refused'
  | 'connection_timeout'
  | 'dns_not_found'
  | 'dns_unavailable'
  | 'certificate_expired'
  | 'stream_error_first'
  | 'stall_with_pings'
  | 'fragmented'

/** All that can go wrong with a call. */
export const FAULTS = {
  rate_limited: rateLimited,
  overloaded,
  server_error: serverError,
  bad_gateway: badGateway,
  hang,
  reset,
  reset_midway: resetMidway,
  truncated,
  malformed_json: malformedJson,
  empty,
  refusal,
  slow,
  stall,
  stream_error: streamError,
  content_filter: contentFilter,
  max_tokens: maxTokens,
  quota_exhausted: quotaExhausted,
  unauthorized,
  model_retired: modelRetired,
  prompt_filtered: promptFiltered,
  html_page: htmlPage,
  connection_refused: connectionRefused,
  connection_timeout: connectionTimeout,
  dns_not_found: dnsNotFound,
  dns_unavailable: dnsUnavailable,
  certificate_expired: certificateExpired,
  stream_error_first: streamErrorFirst,
  stall_with_pings: stallWithPings,
  fragmented,
} as const satisfies Record<Fault, FaultKind>

/** The names of all that can go wrong. */
export const FAULT_NAMES = Object.keys(FAULTS) as readonly Fault[]

/** Relative weights of faults. */
export type FaultMix = Partial<Readonly<Record<Fault, number>>>

/** The mix for a fail rate given alone: what every client is expected to retry, and now and then a call that hangs. */
export const DEFAULT_MIX: FaultMix = {
  rate_limited: 6,
  overloaded: 6,
  server_error: 4,
  bad_gateway: 2,
  reset: 3,
  hang: 1,
}
