import { stripVTControlCharacters, styleText } from 'node:util'
import { formatDuration } from '../../clock/index.ts'
import { clockOf, plain } from './line.ts'
import type { Seen } from './seen.ts'

type Data = Readonly<Record<string, unknown>>

interface Size {
  columns: number
  rows: number
}

/** Failures that are shown at the least, where there are so many. */
const MIN_FAILURES = 5
/** Lines that are no agent, orchestration or failure. */
const FRAME = 6

const dollarsIn = (text: unknown): number => Number(String(text ?? '0').replaceAll(/[$,]/g, ''))
const dollars = (value: number): string => `$${value.toFixed(value >= 1 ? 2 : 4)}`
const seconds = (value: unknown): string => formatDuration(Math.round(Number(value ?? 0)) * 1_000)

const COLOURS: Readonly<Record<string, Parameters<typeof styleText>[0]>> = {
  healthy: 'green',
  running: 'green',
  degraded: 'red',
  failed: 'red',
  given_up: 'red',
  suspended: 'yellow',
  terminated: 'dim',
}
const coloured = (word: string, text = word): string => {
  const colour = COLOURS[word]
  return colour === undefined ? text : styleText(colour, text)
}

/** Cuts what is too wide, colours not counted, and fills what is too narrow. */
function fit(text: string, width: number): string {
  const bare = stripVTControlCharacters(text)
  if (bare.length <= width) return text + ' '.repeat(width - bare.length)
  return `${bare.slice(0, Math.max(0, width - 1))}…`
}

/** The widths of columns behind the first one, which takes what is left. */
const WIDTHS = [11, 9, 9, 8, 10, 10]
/** Columns that a narrow terminal leaves out: since when, and the budget or the tokens. */
const MINOR: ReadonlySet<number> = new Set([2, 6])
const NARROW = 100
const row = (cells: readonly string[], columns: number): string => {
  const shown = [0, ...WIDTHS.map((_, nth) => nth + 1)].filter((nth) => columns >= NARROW || !MINOR.has(nth))
  const first = Math.max(12, columns - shown.slice(1).reduce((sum, nth) => sum + WIDTHS[nth - 1]! + 1, 0))
  return shown.map((nth) => fit(cells[nth] ?? '', nth === 0 ? first : WIDTHS[nth - 1]!)).join(' ')
}

function head({ health, runs, costs, agents, ended, failed, ends }: Seen, columns: number): string[] {
  if (!health)
    return [
      styleText('yellow', 'No daemon answers. longhaul watch connects as soon as a daemon runs: longhaul daemon start'),
      '',
    ]
  const status = String(health['status'])
  const count = (state: string): number => runs.filter((run) => run['state'] === state).length
  const open = agents.reduce((total, { working }) => total + Number(working ?? 0), 0)
  const spent = [...costs.values()].reduce((total, cost) => total + dollarsIn(cost['known']), 0)
  const uncertain = [...costs.values()].reduce((total, cost) => total + dollarsIn(cost['uncertain']), 0)
  const share = ended === 0 ? '' : ` (${((100 * failed) / ended).toFixed(1)} %)`
  const problems = (health['problems'] as readonly string[] | undefined) ?? []
  return [
    `${styleText('bold', 'longhaul')} daemon ${String(health['pid'])} ${coloured(status)}, up ${seconds(health['uptime'])}, ${String(health['services'])} services, ${count('running')} running, ${count('suspended')} suspended`,
    `calls: ${open} in progress, ${ended} ended since the start of watch, ${failed} failed${share}, ${ends.length} in the last minute`,
    `spent ${dollars(spent)}, uncertain ${dollars(uncertain)}`,
    ...problems.slice(0, 3).map((problem) => styleText('red', plain(problem))),
  ].map((line) => fit(line, columns).trimEnd())
}

function runRow(run: Data, cost: Data | undefined, columns: number): string {
  const limit = cost?.['budget_limit']
  const spent = dollarsIn(cost?.['known']) + dollarsIn(cost?.['uncertain'])
  const share = typeof limit === 'string' ? `${((100 * spent) / dollarsIn(limit)).toFixed(0)} %` : ''
  const state = String(run['state'])
  const cells = [
    styleText('bold', plain(`${String(run['orchestration_id'])} ${String(run['pattern'])}`)),
    coloured(state),
    seconds(run['duration']),
    String(cost?.['calls'] ?? ''),
    '',
    dollars(dollarsIn(cost?.['known'])),
    share,
  ]
  return row(cells, columns)
}

function agentRow(agent: Data, seen: Seen, columns: number): string {
  const id = String(agent['agent_id'])
  const run = id.slice(0, 'orch_12345678'.length)
  const own = (seen.costs.get(run)?.['agents'] as Record<string, Data> | undefined)?.[id]
  const failed = seen.failedBy.get(id) ?? 0
  const status = String(agent['status'])
  const state = status !== 'healthy' ? coloured(status) : Number(agent['working']) > 0 ? 'working' : 'idle'
  const tokens = Number(own?.['input_tokens'] ?? 0) + Number(own?.['output_tokens'] ?? 0)
  const cells = [
    `  ${plain(id.slice(run.length + 1))}`,
    state,
    agent['seconds_since_progress'] === null ? '' : seconds(agent['seconds_since_progress']),
    String(own?.['calls'] ?? 0),
    failed === 0 ? '' : styleText('red', String(failed)),
    dollars(dollarsIn(own?.['known'])),
    String(tokens),
  ]
  return row(cells, columns)
}

/** All that is known of a daemon, as lines that fit into a terminal. */
export function screen(seen: Seen, { columns, rows }: Size): string[] {
  const top = head(seen, columns)
  const failures = seen.failures.slice(0, Math.max(MIN_FAILURES, rows - top.length - FRAME - 3 * seen.runs.length))
  const room = Math.max(3, rows - top.length - FRAME - Math.min(failures.length, MIN_FAILURES))
  const body = seen.runs.flatMap((run) => {
    const id = String(run['orchestration_id'])
    const agents = seen.agents.filter((agent) => String(agent['agent_id']).startsWith(`${id}_`))
    return [runRow(run, seen.costs.get(id), columns), ...agents.map((agent) => agentRow(agent, seen, columns))]
  })
  const shown = body.length > room ? [...body.slice(0, room - 1), `  … ${body.length - room + 1} more`] : body
  const names = ['ORCHESTRATION, AGENT', 'STATE', 'SINCE', 'CALLS', 'FAILED', 'COST', 'BUDGET/TOK']
  const lines = [
    ...top,
    '',
    styleText('dim', row(names, columns)),
    ...(shown.length > 0 ? shown : ['no active orchestration']),
    '',
    styleText('dim', 'last failures'),
    ...failures.map(({ at, run, text }) => fit(`${clockOf(at)} ${run} ${plain(text)}`, columns).trimEnd()),
    ...(failures.length === 0 ? ['none since the start of watch'] : []),
  ]
  return lines.slice(0, rows)
}
