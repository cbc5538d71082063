import { openSession, type Session } from '../simulation/session.ts'
import type { OrchestrationOptions } from '../simulation/options.ts'
import { joinSettings, settingsFromEnvironment } from '../simulation/settings.ts'
import { callsOf } from '../trace/index.ts'
import { driversOf, type Driver, type Observation } from './drivers.ts'
import { estimate, percentile, type Estimate } from './estimate.ts'
import { InvalidPredictionError } from './invalid.ts'
import { onModels } from './on-models.ts'

/** Options of a prediction. */
export interface PredictOptions {
  /** Number of runs, each with its own seed. Default 200. */
  runs?: number
  /** The first seed; the others follow. Default 1. */
  firstSeed?: number
  /** Called after each run; with `models`, also receives the model. */
  onRun?: (done: number, of: number, model?: string) => void
}

/** A reason why runs of a prediction did not complete. */
export interface FrequentFailure {
  /** The text of the error. */
  message: string
  /** Number of runs that failed with this text. */
  runs: number
}

/** The cost and the duration of runs of an orchestration, over many seeds. */
export interface Prediction {
  /** Number of simulated runs. */
  runs: number
  /** Share of runs that completed. */
  completed: number
  /** The most frequent reason why runs did not complete, if there is one. */
  failure?: FrequentFailure
  /** US dollars that the services bill for a run. */
  cost: Estimate
  /** Simulated seconds from start to end. */
  seconds: Estimate
  /** Calls of a run. */
  calls: Estimate
  /** Failed calls of a run. */
  failures: Estimate
  /** Input tokens of a run. */
  inputTokens: Estimate
  /** Output tokens of a run. */
  outputTokens: Estimate
  /** US dollars that suffice for 99 % of the runs; with fewer than 99 runs, the cost of the most expensive run. */
  budget99: number
  /** The quantities that explain the cost, the strongest first, each with its share of the variance. */
  drivers: readonly Driver[]
  /** Mean cost of a month of 30 days, by runs a day. US dollars. */
  monthly: Readonly<Record<'1' | '10' | '100', number>>
}

const DOLLAR = 1e12
const DAYS = 30

/** How the work of a run has ended. */
interface Ended {
  status: string
  elapsedMs: number
  error?: unknown
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** What one run has cost and taken. */
export async function observe<Result>(
  name: string,
  options: OrchestrationOptions<Result>,
  seed: number,
  work: (session: Session<Result>) => Promise<Ended> = (session) => session.run(),
): Promise<Observation> {
  const environment = settingsFromEnvironment(process.env)
  const session = openSession(name, options, joinSettings(options, environment, { seed, checks: false }))
  try {
    let outcome: Ended | undefined
    let stuck: unknown
    await session
      .supervise(async () => void (outcome = await work(session)))
      // A run that is stuck has not completed; what it has cost counts.
      .catch((error: unknown) => void (stuck = error))
    const calls = callsOf(session.trace)
    const { total } = session.provider.ledger
    return {
      completed: outcome?.status === 'completed',
      failure: outcome?.status === 'completed' ? undefined : messageOf(outcome ? outcome.error : stuck),
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

/** Predictions of one pattern on several models, by the given names of the models. */
export type ModelPredictions = Readonly<Record<string, Prediction>>

/**
 * Predicts the cost and the duration of runs of an orchestration: runs it with many seeds, one after another, in
 * simulated time. With `models`, a pattern runs on each model with the same seeds.
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

/** What most of the runs that failed have failed with. */
function mostFrequent(seen: readonly Observation[]): FrequentFailure | undefined {
  const counts = new Map<string, number>()
  for (const { failure } of seen) if (failure !== undefined) counts.set(failure, (counts.get(failure) ?? 0) + 1)
  const [first] = [...counts].toSorted(([, a], [, b]) => b - a)
  return first && { message: first[0], runs: first[1] }
}

/** What was seen, as a prediction. */
function predictionOf(seen: readonly Observation[]): Prediction {
  const of = (read: (one: Observation) => number): Estimate => estimate(seen.map(read))
  const cost = of((one) => one.cost)
  const sorted = seen.map((one) => one.cost).toSorted((a, b) => a - b)
  const failure = mostFrequent(seen)
  const monthly = (runs: number): number => cost.mean * runs * DAYS
  return {
    runs: seen.length,
    completed: seen.filter(({ completed }) => completed).length / seen.length,
    ...(failure && { failure }),
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
