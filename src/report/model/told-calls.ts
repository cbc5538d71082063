import { NO_USAGE } from '../../trace/queries.ts'
import type { EventOf, TraceEvent } from '../../trace/events.ts'
import { DISCONNECTED } from './calls.ts'

/** What tells a call that is repeated from others. */
const lineOf = (agent: string, target: string): string => `${agent} ${target}`
const targetOf = ({ provider, model }: { provider: string; model: string }): string => `${provider}/${model}`

/** Failures by which nobody waits for the answer any more. */
const GIVEN_UP: ReadonlySet<string> = new Set(['cancelled', 'terminated', 'deadline'])

/**
 * Events as a service would have written them, of those in which an orchestrator tells of its calls: the logs of a
 * daemon hold what it knows, and not what the service has seen. All others stay as they are.
 */
export function toldCalls(events: readonly TraceEvent[]): TraceEvent[] {
  let calls = 0
  /** The numbers of calls without an end, by the place of their start. */
  const open = new Map<number, number>()
  /** The newest call that has ended, by who asked whom. */
  const last = new Map<string, number>()
  /** Calls that have failed and are to be repeated, by who asks whom. */
  const failed = new Map<string, { call: number; at: number }>()

  function* arrived(
    { agent, provider, model, seq, causes }: EventOf<'attempt.started' | 'attempt.ended'>,
    at: number,
  ): Generator<TraceEvent, number> {
    calls += 1
    const call = calls
    yield {
      type: 'call.arrived',
      ...{ seq, at, causes, call, agent, provider, model },
      conversation: agent,
      turn: 1,
      operation: 'chat',
      stream: false,
      inputTokens: 0,
      attempt: 1,
      request: '',
    }
    const line = lineOf(agent, targetOf({ provider, model }))
    const before = failed.get(line)
    failed.delete(line)
    if (before) yield { type: 'call.retried', ...{ seq, at, causes, call }, of: before.call, afterMs: at - before.at }
    return call
  }

  function* ended(event: EventOf<'attempt.ended'>): Generator<TraceEvent> {
    const { seq, at, causes, tookMs, failure, message, inputTokens, cachedInputTokens, outputTokens, cost } = event
    const start = causes[0] ?? -1
    // Of a long run the page lets the oldest events go.
    const call = open.get(start) ?? (yield* arrived(event, Math.max(0, at - tookMs)))
    open.delete(start)
    last.set(lineOf(event.agent, targetOf(event)), call)
    const usage = { ...NO_USAGE, input: inputTokens, cachedInput: cachedInputTokens, output: outputTokens }
    const of = { seq, at, causes, call, afterMs: tookMs, usage, cost }
    if (failure === null) yield { type: 'call.ended', ...of, finish: '', fault: null }
    else
      yield {
        type: 'call.failed',
        ...of,
        fault: GIVEN_UP.has(failure) ? DISCONNECTED : failure,
        message,
        retryAfterMs: null,
      }
  }

  function* toldOf(event: TraceEvent): Generator<TraceEvent> {
    switch (event.type) {
      case 'attempt.started':
        open.set(event.seq, yield* arrived(event, event.at))
        return
      case 'attempt.ended':
        return yield* ended(event)
      case 'attempt.failed': {
        const line = lineOf(event.agent, event.target)
        const call = last.get(line)
        if (call !== undefined && event.retryInMs !== null) failed.set(line, { call, at: event.at })
        return yield event
      }
      case 'run.resumed': {
        // What was under way when the process ended has ended with it.
        const { seq, at, causes } = event
        for (const call of open.values())
          yield {
            type: 'call.failed',
            ...{ seq, at, causes, call, afterMs: 0, usage: NO_USAGE, cost: 0, retryAfterMs: null },
            fault: DISCONNECTED,
            message: 'The daemon ended during the call.',
          }
        open.clear()
        return yield event
      }
      default:
        yield event
    }
  }
  return events.flatMap((event) => [...toldOf(event)])
}
