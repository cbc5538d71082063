import { formatDuration, type Milliseconds } from '../clock/index.ts'
import { NO_USAGE, type Usage } from '../trace/index.ts'
import type { Bagged } from './bag.ts'
import type { Answer, CallRequest, ServiceError, Reply } from './call.ts'
import type { Caller } from './callers.ts'
import type { Fault, FaultKind } from './faults/index.ts'
import type { Timing } from './latency.ts'
import type { Model } from './models.ts'
import type { Service } from './service.ts'

/** A call on its way: what it is about, and what has to be undone when it ends. */
export interface OpenCall extends Bagged {
  id: number
  seq: number
  request: CallRequest
  /** Takes the answer, part by part. */
  receive: (answer: Answer) => void
  caller: Caller
  /** The same for calls in which somebody asks the same. */
  content: string
  nth: number
  attempt: number
  /** The same for calls with the same messages. */
  prompt: number
  /** The call with whose messages, and an answer to them, its own begin. */
  continues: number | undefined
  /** The call with the same messages, if its conversation has gone on from there. */
  repeats: number | undefined
  /** The calls whose answers the messages hold. */
  holds: readonly number[]
  arrivedAt: Milliseconds
  service: Service
  model: Model | undefined
  input: Pick<Usage, 'input' | 'cachedInput' | 'cacheWrite'>
  /** What befalls it. */
  fault: { name: Fault; kind: FaultKind; until: Milliseconds | undefined } | undefined
  /** Factor on its latency. */
  scale: number
  /** What the call waits for, in words, and how much it has generated: for reports, and for the bill of a client that goes away. */
  state:
    | { kind: 'refused' }
    | { kind: 'queued' }
    | { kind: 'hanging' }
    | { kind: 'working'; since: Milliseconds; timing: Timing; reply: Reply }
    | { kind: 'stalled'; usage: Usage }
  /** Put back what its answer has taken of sequences of replies. */
  putBacks: (() => void)[]
  closed: boolean
  /** Whether a streamed answer has begun to come. */
  isRead: boolean
  /** Whether the rate limiter has let it in, and has to be told of its end. */
  admitted: boolean
  /** Takes back what is to happen next, of which there is one thing at most. */
  cancel: (() => void) | undefined
  /** Gives up its place in the line. */
  leave: (() => void) | undefined
}

/** A part of what was generated, thoughts first. */
export const partOf = (usage: Usage, output: number): Usage => ({
  ...usage,
  output,
  reasoning: Math.min(usage.reasoning, output),
})

/** What a client that goes away has to pay: nothing while it waited in line, else the prompt and what was generated. */
export function usageSoFar({ state }: OpenCall, now: Milliseconds): Usage {
  if (state.kind === 'stalled') return state.usage
  if (state.kind !== 'working') return NO_USAGE
  const { reply, timing, since } = state
  const passed = now - since - timing.firstTokenMs
  const generating = timing.totalMs - timing.firstTokenMs
  const share = passed <= 0 || !Number.isFinite(generating) ? 0 : Math.min(1, passed / generating)
  return partOf(reply.usage, Math.floor(reply.usage.output * share))
}

/** A refusal in words, for the trace. */
export function refusalText(refusal: ServiceError): string {
  switch (refusal.kind) {
    case 'rate_limited':
      return `The limit on ${refusal.limit} is reached; retry in ${formatDuration(refusal.retryAfterMs)}.`
    case 'request_too_large': {
      const { requested, perMinute, limit } = refusal
      const tokens = limit === 'tokens' ? 'tokens' : 'input tokens'
      return `The request has ${requested} ${tokens}, and the limit is ${perMinute} in a minute: no wait helps.`
    }
    case 'overloaded':
      return 'The service is overloaded.'
    case 'server_error':
      return refusal.message ?? 'The server had an error.'
    case 'bad_gateway':
      return 'The gateway got no answer from the service.'
    case 'quota_exhausted':
      return `The quota of the account is used up; the quota resets in ${formatDuration(refusal.retryAfterMs)}.`
    case 'unauthorized':
      return 'The key is not valid.'
    case 'model_retired':
      return `The model ${refusal.model} is no longer served.`
    case 'prompt_filtered':
      return "The service's filter refused the prompt."
    case 'model_not_found':
      return `There is no model ${refusal.model}.`
    case 'context_length':
      return `The prompt has ${refusal.tokens} tokens, but the model's context window has ${refusal.contextWindow} tokens.`
    default:
      return refusal satisfies never
  }
}

/** What a call waits for, in words. */
export function waitText({ state, fault }: Pick<OpenCall, 'state' | 'fault'>): string {
  switch (state.kind) {
    case 'refused':
      return 'which the service is about to refuse'
    case 'queued':
      return 'which is queued for a free slot'
    case 'hanging':
      return `which the fault "${fault?.name ?? 'hang'}" leaves without an answer`
    case 'stalled':
      return `which the fault "${fault?.name ?? 'stall'}" stopped ${fault?.kind.cut === 0 ? 'before the first token' : 'in the middle'} of its answer`
    case 'working':
      return Number.isFinite(state.timing.totalMs) ? 'which the service is answering' : 'whose latency is never()'
    default:
      return state satisfies never
  }
}
