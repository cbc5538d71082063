import type { CheckName } from '../checks/index.ts'
import { formatDuration } from '../clock/index.ts'
import { formatDollars } from '../money/index.ts'
import type { TraceEvent } from '../trace/index.ts'

/** What is told of one test of an orchestration. Plain data. */
export interface TestSummary {
  orchestration: string
  seed: number | string
  /** On the clock in force. Milliseconds. */
  simulatedMs: number
  /** On the wall clock. */
  realMs: number
  /** Those that a service has refused at sight are among the calls, and among the failed ones. */
  calls: number
  failed: number
  retries: number
  /** What the provider bills, in picodollars, as decimal text. */
  cost: string
  /** Checks that have found something, with what. */
  violations: readonly { check: CheckName; what: string }[]
}

/** Counts of a trace. */
export function countsOf(events: Iterable<TraceEvent>): Pick<TestSummary, 'calls' | 'failed' | 'retries'> {
  const counts = { calls: 0, failed: 0 }
  const repeated = new Set<number>()
  for (const event of events) {
    if (event.type === 'call.arrived') counts.calls += 1
    else if (event.type === 'call.failed') counts.failed += 1
    else if (event.type === 'call.retried') repeated.add(event.of)
    else if (event.type === 'call.refused' && event.call !== null) {
      counts.calls += 1
      counts.failed += 1
    }
  }
  return { ...counts, retries: repeated.size }
}

/** A row for each orchestration, and one for all of them if there are several. */
export function summaryRows(tests: readonly TestSummary[]): Record<string, string | number>[] {
  const row = (name: string, all: readonly TestSummary[]): Record<string, string | number> => {
    const sum = (part: 'simulatedMs' | 'realMs' | 'calls' | 'failed' | 'retries'): number =>
      all.reduce((total, each) => total + each[part], 0)
    const found = new Set(all.flatMap(({ violations }) => violations.map(({ check }) => check)))
    return {
      orchestration: name,
      tests: all.length,
      simulated: formatDuration(Math.round(sum('simulatedMs'))),
      real: formatDuration(Math.round(sum('realMs'))),
      calls: sum('calls'),
      failed: sum('failed'),
      retries: sum('retries'),
      cost: formatDollars(all.reduce((total, { cost }) => total + BigInt(cost), 0n)),
      checks: found.size === 0 ? 'ok' : [...found].join(', '),
    }
  }
  const rows = [...Map.groupBy(tests, ({ orchestration }) => orchestration)].map(([name, all]) => row(name, all))
  return rows.length > 1 ? [...rows, row('all', tests)] : rows
}

const MAX_ROWS = 100
const cellOf = (value: string | number): string =>
  String(value)
    .replaceAll('|', String.raw`\|`)
    .replaceAll(/\s+/g, ' ')

/** The rows as a table in Markdown. */
export function summaryMarkdown(rows: readonly Record<string, string | number>[]): string {
  if (rows.length === 0) return ''
  const names = Object.keys(rows[0]!)
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const hidden = rows.length - MAX_ROWS
  return [
    line(names),
    line(names.map((name) => (typeof rows[0]![name] === 'number' ? '---:' : '---'))),
    ...rows.slice(0, MAX_ROWS).map((row) => line(names.map((name) => cellOf(row[name]!)))),
    ...(hidden > 0 ? ['', `… and ${hidden} more`] : []),
  ].join('\n')
}
