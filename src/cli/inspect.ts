import { writeFileSync } from 'node:fs'
import { UsageError, type Command } from './flags.ts'
import { findViolations } from '../checks/index.ts'
import { formatDuration } from '../clock/index.ts'
import { formatDollars } from '../money/index.ts'
import { perfettoTrace } from '../report/perfetto.ts'
import { table } from '../report/table.ts'
import { timeline } from '../report/timeline.ts'
import { agentsOf, callsOf, InvalidTraceError, Trace, type AgentRecord } from '../trace/index.ts'

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

/** `longhaul inspect FILE …` */
export const inspect: Command = {
  usage: 'inspect FILE …',
  about: `Shows the agents, calls, costs and violations in traces written by trace.write(file). Exits with 1 if there is a violation.`,
  flags: {
    html: { about: 'writes one HTML report; also reads event logs of the daemon', value: 'OUT' },
    perfetto: { about: 'writes a trace for https://ui.perfetto.dev, in the Chrome trace format', value: 'OUT' },
  },
  async run({ words, flags: { html, perfetto } }) {
    if (words.length === 0)
      throw new UsageError(
        'longhaul inspect needs the file of a trace, written by trace.write(file) or LONGHAUL_TRACES.',
      )
    if (perfetto !== undefined) {
      const [file] = words
      if (words.length > 1) throw new UsageError('--perfetto writes a single trace. Give one file.')
      writeFileSync(perfetto, JSON.stringify(perfettoTrace(Trace.read(file!))))
      process.stdout.write(`${perfetto}
`)
    }
    if (html !== undefined) {
      ;(await import('./inspect-html.ts')).writeHtml(words, html)
      process.stdout.write(`${html}
`)
    }
    if (html !== undefined || perfetto !== undefined) return
    if (findingsIn(words) > 0) process.exitCode = 1
  },
}

/** Prints what is in traces, and what checks find in them. Returns how many findings there are. */
function findingsIn(files: readonly string[]): number {
  let found = 0
  for (const file of files) {
    const trace = Trace.read(file)
    try {
      found += tell(file, trace)
    } catch (error) {
      if (error instanceof UsageError) throw error
      // Each event is as it should be; what they say of each other is not.
      throw new InvalidTraceError(
        `${file} is not the trace of a run: its events contradict each other. For example, a call ends that never started.`,
        { cause: error },
      )
    }
  }
  return found
}

/** Prints what is in a trace. Returns how many findings there are. */
function tell(file: string, trace: Trace): number {
  if (trace.length === 0)
    throw new UsageError(`${file} contains no event. A trace is written by trace.write(file), or by LONGHAUL_TRACES.`)
  const agents = agentsOf(callsOf(trace))
  const violations = findViolations(trace)
  const parts = [
    `${file}: ${trace.length} events`,
    ...(agents.length > 0 ? [table(agents.map(row))] : []),
    timeline(trace, undefined, '', violations),
    ...violations.map(({ check, at, what, advice }) => `${check}, at ${formatDuration(at)}: ${what}\n  ${advice}`),
  ]
  process.stdout.write(`${parts.join('\n\n')}\n`)
  return violations.length
}
