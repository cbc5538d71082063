import { formatDuration } from '../../src/clock/index.ts'
import { format, resolveConfig } from 'prettier'
import { METRICS, type AllSummed } from './metrics.ts'
import { dollars, type Seen } from './seen.ts'
import type { Spread, Summary } from './summary.ts'

/** What was measured of a phase. */
export interface Measured {
  item: string
  what: string
  /** Its run with seed 1. */
  first: Seen
  /** All its runs. */
  all: Summary
  /** How long its first run took. Real milliseconds. */
  realMs: number
}

/** What was measured of all phases, and where. */
export interface Results {
  measuredOn: { date: string; machine: string; node: string }
  phases: Measured[]
}

/** The name of a phase, by which metrics find it. */
export const nameOf = ({ item, what }: { item: string; what: string }): string => `${item} ${what}`

const time = (ms: number): string => formatDuration(Math.round(ms / 100) * 100)
const percent = (share: number): string => `${Number((share * 100).toFixed(1))} %`
const row = (...cells: (string | number)[]): string => `| ${cells.join(' | ')} |`
const head = (...cells: string[]): string => `${row(...cells)}\n${row(...cells.map(() => '---'))}`

function spread({ median, from, to }: Spread, write: (value: number) => string): string {
  const [middle, least, most] = [write(median), write(from), write(to)]
  return least === most ? middle : `${middle} (${least} – ${most})`
}

const firstRow = ({ item, what, first, realMs }: Measured): string => {
  const { ms, calls, retries, cost, completed, modes } = first
  const failed = Object.entries(modes).reduce((sum, [mode, n]) => sum + (mode.startsWith('call:') ? n : 0), 0)
  const real = `${Math.round(realMs)} ms`
  return row(item, what, completed ? 'yes' : 'no', time(ms), real, calls, failed, retries, dollars(cost))
}

const allRow = ({ item, what, all: { completed, runs, ms, calls, cost } }: Measured): string =>
  row(
    item,
    what,
    runs,
    percent(completed / runs),
    spread(ms, time),
    spread(calls, (value) => String(Math.round(value))),
    spread(cost, dollars),
  )

const WIDTH = 118

/** A space at which no line ends. */
const TIED = '\u{A0}'

/** A list entry, its lines no longer than the page's. */
function wrapped(text: string): string {
  const lines = ['-']
  for (const word of text.split(' '))
    if (`${lines.at(-1)!} ${word}`.length <= WIDTH) lines.push(`${lines.pop()!} ${word}`)
    else lines.push(`  ${word}`)
  return lines.join('\n')
}

/** What went wrong in the runs of a phase: in how many of them, and how often in each of those. */
function modesText({ item, what, all: { modes, runs } }: Measured): string {
  const text = Object.entries(modes)
    .toSorted((a, b) => b[1].runs - a[1].runs || (a[0] < b[0] ? -1 : 1))
    .map(([name, seen]) =>
      `${name.replace('call: ', '')} ${percent(seen.runs / runs)} × ${(seen.times / seen.runs).toFixed(1)}`.replaceAll(
        / (?=[%×])|(?<=×) /g,
        TIED,
      ),
    )
  return wrapped(`**${item} ${what}**: ${text.join(', ') || 'nothing'}`)
}

/** The page of results, as a pure function of what was measured. */
export async function resultsPage({ measuredOn, phases }: Results): Promise<string> {
  const all: AllSummed = Object.fromEntries(phases.map((phase) => [nameOf(phase), phase.all]))
  const most = Math.max(...phases.map((phase) => phase.all.runs))
  const metrics = Object.entries(METRICS).flatMap(([group, list]) =>
    list.map(({ name, measured, bound, of }) => {
      const { figure, holds } = of(all)
      return row(group, name, measured, bound, figure, holds ? 'holds' : 'DOES NOT HOLD')
    }),
  )
  const text = `# Results of the test plan

Written by \`npm run results\`: the [plan's](test-plan.md) phases on the simulated service, with up to ${most} seeds each, in virtual
time. A tenth of the calls fails where nothing else is said. Everything but the real times is the same on every machine:
\`tests/integration/results.test.ts\` runs the phases again and holds this page against them, the quick ones with all
seeds, the others with the first; \`npm run results -- --check\` runs all.

## One run each

Seed 1. The real times are of one machine and one day: ${measuredOn.machine}, Node ${measuredOn.node}, ${measuredOn.date}.

${head('item', 'what', 'completes', 'simulated', 'real', 'calls', 'failed', 'retries', 'cost')}
${phases.map(firstRow).join('\n')}

## All seeds

Medians, and in brackets where 90 % of the runs are.

${head('item', 'what', 'seeds', 'complete', 'simulated', 'calls', 'cost')}
${phases.map(allRow).join('\n')}

In 4.2 time is that of the second run, which finds all answers in the cache; calls and cost are those of both.

## What went wrong

In how many of the runs, and how often in each of those. Names such as \`rate_limited\` and \`reset\`
are [faults](faults.md) of calls, most of which a retry got over.

${phases.map(modesText).join('\n')}

## Success metrics

${head('', 'the plan says', 'measured', 'bound', 'figure', '')}
${metrics.join('\n')}
`
  return format(text, { ...(await resolveConfig(import.meta.filename)), parser: 'markdown' })
}
