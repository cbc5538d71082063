import { formatDuration } from '../clock/index.ts'
import { callsOf, type CallRecord, type Trace } from '../trace/index.ts'

const MAX_AGENTS = 12

function how({ status, fault, endedAt, arrivedAt }: CallRecord): string {
  if (status === 'open') return `no answer since ${formatDuration(arrivedAt)}`
  return `${status === 'ended' ? 'answered' : `failed (${fault})`} at ${formatDuration(endedAt!)}`
}

/**
 * The last call of each agent of a run that is stuck: where they wait for one another and not for the provider, it says
 * how far each has come. Empty for a run that is not.
 *
 * @param agents that the test declares: those without a call may be the ones that wait
 */
export function lastCallsText(trace: Trace, agents: readonly string[] = []): string {
  if (trace.ofType('clock.stuck').length === 0) return ''
  const last = new Map(callsOf(trace).map((call) => [call.agent, call]))
  if (last.size === 0) return ''
  const lines = [
    ...agents.filter((agent) => !last.has(agent)).map((agent) => `  ${agent}: no call`),
    ...[...last].map(([agent, call]) => `  ${agent}: call ${call.call} to ${call.model}, ${how(call)}`),
  ]
  const more = lines.length > MAX_AGENTS ? [`  … and ${lines.length - MAX_AGENTS} more`] : []
  return ['The last call of each agent:', ...lines.slice(0, MAX_AGENTS), ...more].join('\n')
}
