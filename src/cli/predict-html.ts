import type { Estimate, Prediction } from '../reality/index.ts'
import { writeReport } from '../report/html.ts'
import type { PredictedRow } from '../report/model/data.ts'

const spread = ({ median, most: [from, to] }: Estimate) => ({ median, from, to })

const rowOf = (label: string, of: Prediction): PredictedRow => ({
  label,
  runs: of.runs,
  completed: of.completed,
  cost: { ...spread(of.cost), mean: of.cost.mean, under99: of.budget99 },
  seconds: spread(of.seconds),
  calls: spread(of.calls),
  monthly: [of.monthly[1], of.monthly[10], of.monthly[100]],
  drivers: [...of.drivers],
})

/** Writes predictions as one HTML file. */
export function writePredictions(out: string, title: string, predictions: Readonly<Record<string, Prediction>>): void {
  const rows = Object.entries(predictions).map(([label, of]) => rowOf(label, of))
  writeReport(out, { kind: 'predictions', title, madeAt: new Date().toISOString(), rows })
}
