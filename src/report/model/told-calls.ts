import { NO_USAGE, type CallRecord } from '../../trace/queries.ts'
import type { TraceEvent } from '../../trace/events.ts'

/**
 * Calls as an orchestrator tells of them, for the logs of a daemon: they hold what it knows, and not what the service
 * has seen. A call ends where its cost is claimed or its try has failed; it began when its agent was asked, or when the
 * pause after the try before was over.
 */
export function toldCalls(events: readonly TraceEvent[]): CallRecord[] {
  const calls: CallRecord[] = []
  /** When each agent was asked last, or was done with what it was asked before. */
  const askedAt = new Map<string, number>()
  /** The try before, where it failed and is repeated. */
  const failed = new Map<string, CallRecord>()
  const add = (event: TraceEvent & { agent: string }, of: Partial<CallRecord> & { model: string }): CallRecord => {
    const { agent, at, seq } = event
    const before = failed.get(agent)
    const record: CallRecord = {
      call: calls.length + 1,
      agent,
      conversation: agent,
      turn: 1,
      provider: '',
      stream: false,
      attempt: before ? before.attempt + 1 : 1,
      retryOf: before?.call,
      arrivedAt: Math.min(askedAt.get(agent) ?? at, at),
      firstTokenAt: undefined,
      endedAt: at,
      leftAt: undefined,
      status: 'ended',
      finish: undefined,
      fault: undefined,
      retryAfterMs: null,
      request: '',
      prompt: undefined,
      continues: undefined,
      holds: [],
      run: undefined,
      detached: false,
      seq,
      usage: NO_USAGE,
      cost: 0,
      ...of,
    }
    calls.push(record)
    failed.delete(agent)
    askedAt.set(agent, at)
    return record
  }
  for (const event of events)
    switch (event.type) {
      case 'gather.started':
        for (const agent of event.expected) askedAt.set(agent, event.at)
        break
      case 'task.assigned':
        askedAt.set(event.agent, event.at)
        break
      case 'message.sent':
        askedAt.set(event.to, event.at)
        break
      case 'cost.claimed':
        add(event, {
          model: event.model,
          cost: event.known + event.uncertain,
          usage: { ...NO_USAGE, input: event.inputTokens ?? 0, output: event.outputTokens ?? 0 },
        })
        break
      case 'attempt.failed': {
        const record = add(event, { model: event.target, status: 'failed', fault: event.kind })
        if (event.retryInMs === null) break
        failed.set(event.agent, record)
        askedAt.set(event.agent, event.at + event.retryInMs)
        break
      }
      default:
    }
  return calls
}
