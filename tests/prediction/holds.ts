import type { OrchestrationOptions } from '../../src/simulation/options.ts'
import { observe, predict, type Observation, type Prediction } from '../../src/reality/index.ts'

/** A quantity of a prediction, held against fresh runs. */
interface Held {
  quantity: string
  /** Share of the fresh runs that are within the interval for nine of ten, its ends included. */
  within: number
  /** The same without those that are exactly at an end. */
  inside: number
}

/** A prediction, held against fresh runs. */
export interface Proof {
  quantities: Held[]
  /** The mean cost of the fresh runs by their ledgers over the one that was predicted, less one. */
  meanOff: number
  /** The standard error of `meanOff`. */
  meanOffError: number
}

type Quantity = 'cost' | 'seconds' | 'calls' | 'failures' | 'inputTokens' | 'outputTokens'

const READ: Record<Quantity, (run: Observation) => number> = {
  cost: ({ cost }) => cost,
  seconds: ({ seconds }) => seconds,
  calls: ({ calls }) => calls.length,
  failures: ({ calls }) => calls.filter(({ fault }) => fault !== undefined).length,
  inputTokens: ({ inputTokens }) => inputTokens,
  outputTokens: ({ outputTokens }) => outputTokens,
}

/** Fresh seeds begin here: no prediction stands on them. */
const FRESH = 1_000_001

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

/** Predicts, and holds the prediction against runs with seeds of their own. */
export async function prove(
  name: string,
  options: OrchestrationOptions,
  { runs, fresh, onRun }: { runs: number; fresh: number; onRun?: (done: number) => void },
): Promise<Proof> {
  const told = await predict(name, options, { runs, onRun: (done) => onRun?.(done) })
  const seen: Observation[] = []
  for (let nth = 0; nth < fresh; nth++) {
    seen.push(await observe(name, options, FRESH + nth))
    onRun?.(runs + nth + 1)
  }
  return proofOf(told, seen)
}

function proofOf(told: Prediction, seen: readonly Observation[]): Proof {
  const share = (fits: (run: Observation) => boolean): number => seen.filter(fits).length / seen.length
  const quantities = (Object.keys(READ) as Quantity[]).map((quantity) => {
    const [from, to] = told[quantity].interval90
    const read = READ[quantity]
    return {
      quantity,
      within: share((run) => read(run) >= from && read(run) <= to),
      inside: share((run) => read(run) > from && read(run) < to),
    }
  })
  const costs = seen.map(READ.cost)
  const mean = sum(costs) / costs.length
  const freshError = Math.sqrt(sum(costs.map((cost) => (cost - mean) ** 2))) / costs.length
  return {
    quantities,
    meanOff: mean / told.cost.mean - 1,
    meanOffError: Math.hypot(freshError, told.cost.standardError) / told.cost.mean,
  }
}
