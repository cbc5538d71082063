import { openSession, type Session } from '../simulation/session.ts'
import type { OrchestrationOptions } from '../simulation/options.ts'
import { joinSettings, settingsFromEnvironment } from '../simulation/settings.ts'
import { callsOf } from '../trace/index.ts'
import { driversOf, type Driver, type Observation } from './drivers.ts'
import { estimate, percentile, type Estimate } from './estimate.ts'
import { InvalidPredictionError } from './invalid.ts'
import { onModels } from './on-models.ts'

/** How a prediction is made. */
export interface PredictOptions {
  /** Runs that it stands on, each with a seed of its own. Default 200. */
  runs?: number
  /** The first seed; the others follow. Default 1. */
  firstSeed?: number
  /** Is told after each run; with `models`, of which. */
  onRun?: (done: number, of: number, model?: string) => void
}

/** What runs of an orchestration cost and take, over many seeds. */
export interface Prediction {
  runs: number
  /** Share of runs that completed. */
  completed: number
  /** US dollars that the services bill for a run. */
  cost: Estimate
  /** Simulated seconds from start to end. */
  seconds: Estimate
  calls: Estimate
  failures: Estimate
  inputTokens: Estimate
  outputTokens: Estimate
  /** US dollars that 99 % of the runs stay under; of fewer than 99 runs the dearest. */
  budget99: number
  /** What the cost goes with, the strongest first: share of its variance that each explains alone. */
  drivers: readonly Driver[]
  /** Mean cost of a month of 30 days, by runs a day. US dollars. */
  monthly: Readonly<Record<'1' | '10' | '100', number>>
}

const DOLLAR = 1e12
const DAYS = 30

/** What one run has cost and taken. */
export async function observe<Result>(
  name: string,
  options: OrchestrationOptions<Result>,
  seed: number,
  work: (session: Session<Result>) => Promise<{ status: string; elapsedMs: number }> = (session) => session.run(),
): Promise<Observation> {
  const environment = settingsFromEnvironment(process.env)
  const session = openSession(name, options, joinSettings(options, environment, { seed, checks: false }))
  try {
    let outcome: { status: string; elapsedMs: number } | undefined
    await session
      .supervise(async () => void (outcome = await work(session)))
      // A run that is stuck has not completed; what it has cost counts.
      .catch(() => undefined)
    const calls = callsOf(session.trace)
    const { total } = session.provider.ledger
    return {
      completed: outcome?.status === 'completed',
      cost: Number(total.cost) / DOLLAR,
      seconds: (outcome?.elapsedMs ?? session.clock.now()) / 1_000,
      inputTokens: total.usage.input,
      outputTokens: total.usage.output,
      calls: calls.map(({ agent, model, fault, attempt, arrivedAt, endedAt, status, cost }) => ({
        agent,
        model,
        fault: status === 'failed' ? fault : undefined,
        isRetry: attempt > 1,
        latencyMs: (endedAt ?? arrivedAt) - arrivedAt,
        cost: Number(cost) / DOLLAR,
      })),
    }
  } finally {
    await session.close()
  }
}

/** What one pattern costs and takes on each of several models, by their names as they were given. */
export type ModelPredictions = Readonly<Record<string, Prediction>>

/**
 * Predicts what runs of an orchestration cost and take: it is run with many seeds, one after another, in simulated time.
 * With `models`, a pattern is run on each of them, with the same seeds.
 *
 * @throws InvalidPredictionError for fewer than ten runs, and for models that no price table has
 * @example
 * ```ts
 * const { cost, budget99 } = await predict('three agents vote', { system, provider: { latency: '4s' } }, { runs: 500 })
 * const { 'gpt-4o': large } = await predict('a debate', { pattern: 'debate.yaml' }, { models: ['gpt-4o', 'haiku'] })
 * ```
 */
export function predict<Result>(
  name: string,
  options: OrchestrationOptions<Result>,
  given?: PredictOptions & { models?: undefined },
): Promise<Prediction>
/**
 * Predicts what runs of a pattern cost and take on each of several models, with the same seeds.
 *
 * @throws InvalidPredictionError for fewer than ten runs, and for models that no price table has
 */
export function predict(
  name: string,
  options: OrchestrationOptions,
  given: PredictOptions & { models: readonly string[] },
): Promise<ModelPredictions>
export async function predict<Result>(
  name: string,
  options: OrchestrationOptions<Result>,
  { models, ...given }: PredictOptions & { models?: readonly string[] | undefined } = {},
): Promise<Prediction | ModelPredictions> {
  if (models === undefined) return predictOne(name, options, given)
  const predictions: Record<string, Prediction> = {}
  for (const [model, each] of Object.entries(onModels(options, models)))
    predictions[model] = await predictOne(name, each, { ...given, model })
  return predictions
}

async function predictOne<Result>(
  name: string,
  options: OrchestrationOptions<Result>,
  { runs = 200, firstSeed = 1, onRun, model }: PredictOptions & { model?: string },
): Promise<Prediction> {
  if (!Number.isInteger(runs) || runs < 10)
    throw new InvalidPredictionError(`runs is ${runs}. Give a whole number of at least 10.`)
  const seen: Observation[] = []
  for (let nth = 0; nth < runs; nth++) {
    seen.push(await observe(name, options, firstSeed + nth))
    onRun?.(nth + 1, runs, model)
  }
  return predictionOf(seen)
}

/** What was seen, as a prediction. */
function predictionOf(seen: readonly Observation[]): Prediction {
  const of = (read: (one: Observation) => number): Estimate => estimate(seen.map(read))
  const cost = of((one) => one.cost)
  const sorted = seen.map((one) => one.cost).toSorted((a, b) => a - b)
  const monthly = (runs: number): number => cost.mean * runs * DAYS
  return {
    runs: seen.length,
    completed: seen.filter(({ completed }) => completed).length / seen.length,
    cost,
    seconds: of((one) => one.seconds),
    calls: of((one) => one.calls.length),
    failures: of((one) => one.calls.filter(({ fault }) => fault !== undefined).length),
    inputTokens: of((one) => one.inputTokens),
    outputTokens: of((one) => one.outputTokens),
    budget99: percentile(sorted, 0.99),
    drivers: driversOf(seen),
    monthly: { 1: monthly(1), 10: monthly(10), 100: monthly(100) },
  }
}
