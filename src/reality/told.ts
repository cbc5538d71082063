import { formatDuration } from '../clock/index.ts'
import { table } from '../report/table.ts'
import type { Estimate, Prediction } from './predict.ts'

const dollars = (value: number): string => `$${value < 0.01 ? value.toPrecision(3) : value.toFixed(2)}`
const count = (value: number): string => (Number.isInteger(value) ? String(value) : value.toFixed(1))
const time = (seconds: number): string => formatDuration(Math.round(seconds * 1_000))
const percent = (share: number): string => `${(share * 100).toFixed(share < 0.995 && share > 0 ? 1 : 0)} %`

const row = (what: string, { median, half, most, mean }: Estimate, write: (value: number) => string) => ({
  '': what,
  median: write(median),
  'half of the runs': `${write(half[0])} – ${write(half[1])}`,
  '90 % of the runs': `${write(most[0])} – ${write(most[1])}`,
  mean: write(mean),
})

/** A prediction, for people. */
export function predictionText(name: string, of: Prediction): string {
  const drivers = of.drivers.map(({ what, share }) => ({
    'the cost goes with': what,
    'share of its variance': percent(share),
  }))
  return [
    `${name}: ${of.runs} runs, ${percent(of.completed)} complete`,
    table([
      row('cost', of.cost, dollars),
      row('time', of.seconds, time),
      row('calls', of.calls, count),
      row('failures', of.failures, count),
      row('input tokens', of.inputTokens, count),
      row('output tokens', of.outputTokens, count),
    ]),
    `99 % of the runs stay under ${dollars(of.budget99)}.`,
    `A month costs ${dollars(of.monthly[1])} at one run a day, ${dollars(of.monthly[10])} at ten, ${dollars(of.monthly[100])} at a hundred.`,
    ...(drivers.length > 0 ? [table(drivers)] : []),
  ].join('\n\n')
}
