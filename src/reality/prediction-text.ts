import { formatDuration } from '../clock/index.ts'
import { table } from '../report/table.ts'
import type { Estimate } from './estimate.ts'
import type { ModelPredictions, Prediction } from './predict.ts'

const dollars = (value: number): string => `$${value < 0.01 ? value.toPrecision(3) : value.toFixed(2)}`
const count = (value: number): string => (Number.isInteger(value) ? String(value) : value.toFixed(1))
const time = (seconds: number): string => formatDuration(Math.round(seconds * 1_000))
const percent = (share: number): string => `${(share * 100).toFixed(share < 0.995 && share > 0 ? 1 : 0)} %`

const row = (what: string, { median, half, most, mean, meanError }: Estimate, write: (value: number) => string) => ({
  '': what,
  median: write(median),
  'half of the runs': `${write(half[0])} – ${write(half[1])}`,
  '90 % of the runs': `${write(most[0])} – ${write(most[1])}`,
  mean: `${write(mean)} ± ${write(2 * meanError)}`,
})

/** Fewer runs do not tell what 99 of 100 stay under. */
const ENOUGH_FOR_99 = 99

const stayUnder = ({ runs, budget99 }: Prediction): string =>
  runs < ENOUGH_FOR_99
    ? `The most expensive of the ${runs} runs costs ${dollars(budget99)}. A bound for 99 % of the runs needs at least ${ENOUGH_FOR_99} runs.`
    : `99 % of the runs cost less than ${dollars(budget99)}.`

/** Why runs did not complete; nothing where all did. */
function whyNot({ runs, completed, failure }: Prediction, model?: string): string[] {
  if (!failure) return []
  const failed = runs - Math.round(completed * runs)
  const often = failure.runs < failed ? `, ${failure.runs} of them with` : ' with'
  return [`${model === undefined ? '' : `${model}: `}${failed} of the ${runs} runs failed${often}: ${failure.message}`]
}

/** Predictions of one pattern on several models, for people. */
export function modelsText(name: string, predictions: ModelPredictions): string {
  const rows = Object.entries(predictions).map(([model, { runs, cost, seconds, completed, budget99, monthly }]) => ({
    model,
    cost: dollars(cost.median),
    '90 % of the runs': `${dollars(cost.interval90[0])} – ${dollars(cost.interval90[1])}`,
    [runs < ENOUGH_FOR_99 ? 'most expensive run' : '99 % cost less than']: dollars(budget99),
    time: time(seconds.median),
    complete: percent(completed),
    'a month, 1 run a day': dollars(monthly[1]),
    '10 a day': dollars(monthly[10]),
    '100 a day': dollars(monthly[100]),
  }))
  const why = Object.entries(predictions).flatMap(([model, of]) => whyNot(of, model))
  return `${name}: ${Object.values(predictions)[0]?.runs ?? 0} runs on each model, with the same seeds\n\n${[table(rows), ...why].join('\n\n')}`
}

/** A prediction, for people. */
export function predictionText(name: string, of: Prediction): string {
  const drivers = of.drivers.map(({ what, share }) => ({
    'cost driver': what,
    'share of the variance': percent(share),
  }))
  return [
    `${name}: ${of.runs} runs, ${percent(of.completed)} complete`,
    ...whyNot(of),
    table([
      row('cost', of.cost, dollars),
      row('time', of.seconds, time),
      row('calls', of.calls, count),
      row('failures', of.failures, count),
      row('input tokens', of.inputTokens, count),
      row('output tokens', of.outputTokens, count),
    ]),
    stayUnder(of),
    `A month costs ${dollars(of.monthly[1])} at one run a day, ${dollars(of.monthly[10])} at ten, ${dollars(of.monthly[100])} at a hundred.`,
    ...(drivers.length > 0 ? [table(drivers)] : []),
  ].join('\n\n')
}
