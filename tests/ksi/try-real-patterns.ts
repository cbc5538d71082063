/**
 * Loads and runs all patterns of a checkout of KSI as they are, on the simulated service, and prints a table. By hand:
 *
 *     git clone https://github.com/durapensa/ksi /tmp/ksi && git -C /tmp/ksi checkout 5a58af6
 *     node tests/ksi/try-real-patterns.ts /tmp/ksi
 *
 * Nothing of KSI is kept.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import Table from 'cli-table3'
import { formatDuration } from '../../src/clock/index.ts'
import { loadPattern, type Pattern } from '../../src/pattern/index.ts'
import { openSession } from '../../src/simulation/session.ts'
import type { PatternOptions } from '../../src/simulation/options.ts'
import { joinSettings, settingsFromEnvironment } from '../../src/simulation/settings.ts'

const FOLDER = join('var', 'lib', 'compositions', 'orchestrations')
/** How long a pattern may take. */
const MAX_MS = 30 * 60_000

interface Row {
  name: string
  loads: boolean
  /** `null` for what has neither a strategy nor routing: it is there to be extended. */
  completes: boolean | null
  elapsedMs: number | undefined
  calls: number | undefined
  problem: string
}

const firstLine = (error: unknown): string => String(error instanceof Error ? error.message : error).split('\n')[0]!

const hasSomethingToRun = ({ data, strategy }: Pattern): boolean =>
  strategy.statements.length > 0 ||
  (data.routing?.rules ?? []).length > 0 ||
  (data.routing_rules ?? []).length > 0 ||
  Object.keys(data.agents ?? {}).length > 0

async function tried(file: string, name: string): Promise<Row> {
  let pattern: Pattern
  try {
    pattern = loadPattern(file)
  } catch (error) {
    return { name, loads: false, completes: null, elapsedMs: undefined, calls: undefined, problem: firstLine(error) }
  }
  if (!hasSomethingToRun(pattern))
    return { name, loads: true, completes: null, elapsedMs: undefined, calls: undefined, problem: '' }
  const options: PatternOptions = { pattern: file }
  const session = openSession(name, options, joinSettings(options, settingsFromEnvironment(process.env)))
  try {
    let found: unknown
    let row: Row | undefined
    await session
      .supervise(async () => {
        const outcome = await session.run()
        const { elapsedMs, error, calls } = outcome
        const isInTime = elapsedMs <= MAX_MS
        const problem = error ? firstLine(error) : isInTime ? '' : 'takes too long'
        row = { name, loads: true, completes: !error && isInTime, elapsedMs, calls: calls.length, problem }
      })
      .catch((error: unknown) => (found = error))
    return {
      ...(row ?? { name, loads: true, completes: false, elapsedMs: undefined, calls: undefined, problem: '' }),
      ...(found !== undefined && { problem: row?.problem || firstLine(found) }),
    }
  } finally {
    await session.close()
  }
}

const [checkout] = process.argv.slice(2)
if (checkout === undefined)
  throw new Error('Give the path of a checkout of KSI: node tests/ksi/try-real-patterns.ts /tmp/ksi')
const folder = join(checkout, FOLDER)
// What KSI has noted of decisions stands beside the patterns, as lists.
const files = readdirSync(folder).filter(
  (file) => /\.ya?ml$/.test(file) && !readFileSync(join(folder, file), 'utf8').startsWith('- '),
)
const rows: Row[] = []
for (const file of files.toSorted()) rows.push(await tried(join(folder, file), file.replace(/\.ya?ml$/, '')))

const table = new Table({
  head: ['pattern', 'loads', 'completes', 'simulated', 'calls', 'first problem'],
  style: { head: [] },
})
for (const { name, loads, completes, elapsedMs, calls, problem } of rows)
  table.push([
    name,
    loads ? 'yes' : 'no',
    completes === null ? '–' : completes ? 'yes' : 'no',
    elapsedMs === undefined ? '' : formatDuration(elapsedMs),
    calls ?? '',
    problem.length > 70 ? `${problem.slice(0, 69)}…` : problem,
  ])
process.stdout.write(`${table.toString()}\n`)
const runnable = rows.filter(({ completes }) => completes !== null)
process.stdout.write(
  `${rows.filter(({ loads }) => loads).length} of ${rows.length} load; ${runnable.filter(({ completes }) => completes).length} of ${runnable.length} that have a strategy, rules or agents complete within ${formatDuration(MAX_MS)}.\n`,
)
