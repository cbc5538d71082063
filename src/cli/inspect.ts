import { findViolations } from '../checks/index.ts'
import { formatDuration } from '../clock/index.ts'
import { formatDollars } from '../money/index.ts'
import { table } from '../report/table.ts'
import { timeline } from '../report/timeline.ts'
import { agentsOf, callsOf, Trace, type AgentRecord } from '../trace/index.ts'

const row = ({
  agent,
  calls,
  failed,
  retries,
  usage,
  cost,
  latencyMs,
}: AgentRecord): Record<string, string | number> => ({
  agent,
  calls,
  failed,
  retries,
  'input tokens': usage.input,
  'output tokens': usage.output,
  cost: formatDollars(cost),
  median: latencyMs ? formatDuration(latencyMs.median) : '',
  p95: latencyMs ? formatDuration(latencyMs.p95) : '',
})

/** Prints what is in traces, and what checks find in them. Returns how many findings there are. */
export function inspect(files: readonly string[]): number {
  if (files.length === 0) throw new Error('longhaul inspect needs a file, as trace.write(file) makes it.')
  let found = 0
  for (const file of files) {
    const trace = Trace.read(file)
    const agents = agentsOf(callsOf(trace))
    const violations = findViolations(trace)
    found += violations.length
    const parts = [
      `${file}: ${trace.length} events`,
      ...(agents.length > 0 ? [table(agents.map(row))] : []),
      timeline(trace),
      ...violations.map(({ check, at, what, advice }) => `${check}, at ${formatDuration(at)}: ${what}\n  ${advice}`),
    ]
    process.stdout.write(`${parts.join('\n\n')}\n`)
  }
  return found
}
