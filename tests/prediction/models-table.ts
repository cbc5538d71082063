import { format, resolveConfig } from 'prettier'
import { formatDuration } from '../../src/clock/index.ts'
import { predict, type ModelPredictions } from '../../src/reality/index.ts'
import type { PatternOptions } from '../../src/simulation/options.ts'
import { CASES } from './cases.ts'
import { pinned, PRICED_ON } from './prices.ts'

/** The least number of runs that an interval for nine of ten stands on. */
const RUNS = 20
const BEGIN = `<!-- models: written by npm run cost-model -->`
const END = '<!-- models: end -->'
const MODELS = Object.keys(pinned.prices)

/** Patterns of the plan that the table has a row for. */
export const TABLED = Object.keys(CASES).filter((name) => CASES[name]!.options.pattern !== undefined)

/** Those of which a run is over in a few milliseconds: every test run predicts them again. */
export const QUICK = ['timeout_resilience_test', 'parallel_pattern', 'sequential_pattern', 'semantic_test']

/** What a pattern costs on each of the models, at the prices of that day. */
export function predictTabled(name: string): Promise<ModelPredictions> {
  const options = CASES[name]!.options as PatternOptions
  const priced: PatternOptions = {
    ...options,
    provider: { ...options.provider, models: pinned.models },
    orchestrator: { prices: pinned.prices },
  }
  return predict(name, priced, { runs: RUNS, models: MODELS })
}

const dollars = (value: number): string => `$${value.toPrecision(3)}`

/** A row of the table: the median, and where 90 % of the runs are. */
export function rowOf(name: string, of: ModelPredictions): string {
  const { vars } = CASES[name]!.options
  const given = Object.entries(vars ?? {}).map(([key, value]) => `${key}: ${String(value)}`)
  const cells = MODELS.map((model) => {
    const { median, most } = of[model]!.cost
    return `${dollars(median)} (${dollars(most[0])} – ${dollars(most[1])})`
  })
  const time = formatDuration(Math.round(of[MODELS[0]!]!.seconds.median) * 1_000)
  return `| ${[`${name}${given.length > 0 ? `, ${given.join(', ')}` : ''}`, time, ...cells].join(' | ')} |`
}

/** The page with the table in its place. */
export async function withTable(page: string, rows: readonly string[]): Promise<string> {
  const [before, rest = ''] = page.split(BEGIN)
  const head = ['pattern', 'time', ...MODELS]
  const table = [`| ${head.join(' | ')} |`, `| ${head.map(() => '---').join(' | ')} |`, ...rows].join('\n')
  const text = `${before}${BEGIN}

The cost of a run: the median of ${RUNS} runs and the range of 90 % of them, at a failure rate of 10 %, with every agent on
the model of the column. Prices are those of ${PRICED_ON}.

${table}

${END}${rest.split(END)[1] ?? ''}`
  return format(text, { ...(await resolveConfig(import.meta.filename)), parser: 'markdown' })
}

/** The rows of the table as they stand in the page, without their padding. */
export const rowsIn = (page: string): string[] =>
  (page.split(BEGIN)[1]?.split(END)[0] ?? '')
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(2)
    .map((line) => line.replaceAll(/ +/g, ' ').replaceAll(String.raw`\_`, '_'))
