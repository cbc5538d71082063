import type { WireRequest } from '../service.ts'
import { citationsOf, type Citation } from './citations.ts'
import { announcesBeta, type MessagesRequest } from './messages-request.ts'

/** What an answer has to know of its request. */
export interface MessagesAsked {
  stream: boolean
  /** How thoughts are shown. */
  thoughts: 'shown' | 'omitted' | 'redacted'
  citations: readonly Citation[]
  /** The container that is to be used again. */
  container: string | undefined
  /** Whether what is cached stays for an hour. */
  cachedForHours: boolean
  beta: boolean
  /** Whether a beta tells, thought by thought, how many tokens they may have. */
  estimates: boolean
}

/** Anthropic's own text by which clients are tried with thoughts that are not shown. */
const REDACT = 'ANTHROPIC_MAGIC_STRING_TRIGGER_REDACTED_THINKING'

const thoughtsOf = ({ thinking }: MessagesRequest, text: string): MessagesAsked['thoughts'] =>
  text.includes(REDACT) ? 'redacted' : thinking?.display === 'omitted' ? 'omitted' : 'shown'

/** Notes what an answer has to know of its request. */
export function askedOf(request: MessagesRequest, { text, header, query }: WireRequest): MessagesAsked {
  const { container } = request
  return {
    stream: request.stream ?? false,
    thoughts: thoughtsOf(request, text),
    citations: text.includes('"citations"') ? citationsOf(request) : [],
    container: typeof container === 'string' ? container : (container?.id ?? undefined),
    cachedForHours: text.includes('"1h"') && /"ttl"\s*:\s*"1h"/.test(text),
    beta: announcesBeta(header, query),
    estimates: (header('anthropic-beta') ?? '').includes('thinking-token-count-'),
  }
}
