/** One call of a run, as far as it matters for what a run costs. */
interface ObservedCall {
  agent: string
  model: string
  /** What went wrong. */
  fault: string | undefined
  isRetry: boolean
  latencyMs: number
  cost: number
}

/** What one run has cost and taken. */
export interface Observation {
  completed: boolean
  /** Why it did not complete. */
  failure: string | undefined
  /** US dollars. */
  cost: number
  seconds: number
  inputTokens: number
  outputTokens: number
  calls: readonly ObservedCall[]
}

/** A quantity that correlates with the cost of a run. */
export interface Driver {
  /** The name of the quantity, such as `calls of planner`, `retries` or `overloaded`. */
  what: string
  /** Share of the variance of the cost that it explains alone, from 0 to 1: the square of their correlation. */
  share: number
}

const MAX_DRIVERS = 10
/** What explains less is noise. */
const MIN_SHARE = 0.01

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** The square of the correlation of two quantities; 0 where one of them never changes. */
export function sharedVariance(xs: readonly number[], ys: readonly number[]): number {
  const [mx, my] = [mean(xs), mean(ys)]
  let [xy, xx, yy] = [0, 0, 0]
  for (const [index, x] of xs.entries()) {
    const dx = x - mx
    const dy = ys[index]! - my
    xy += dx * dy
    xx += dx * dx
    yy += dy * dy
  }
  return xx === 0 || yy === 0 ? 0 : (xy * xy) / (xx * yy)
}

/** What the cost of runs goes with, the strongest first. */
export function driversOf(seen: readonly Observation[]): Driver[] {
  const costs = seen.map(({ cost }) => cost)
  const distinct = (read: (call: ObservedCall) => string | undefined): string[] => [
    ...new Set(seen.flatMap(({ calls }) => calls.flatMap((call) => read(call) ?? []))),
  ]
  const count = (fits: (call: ObservedCall) => boolean) => (one: Observation) => one.calls.filter(fits).length
  const quantities: [string, (one: Observation) => number][] = [
    ['retries', count(({ isRetry }) => isRetry)],
    ['mean latency', ({ calls }) => (calls.length === 0 ? 0 : mean(calls.map(({ latencyMs }) => latencyMs)))],
    ['length of answers', ({ calls, outputTokens }) => (calls.length === 0 ? 0 : outputTokens / calls.length)],
    ['length of prompts', ({ calls, inputTokens }) => (calls.length === 0 ? 0 : inputTokens / calls.length)],
    ...distinct(({ agent }) => agent).map((name): [string, (one: Observation) => number] => [
      `calls of ${name}`,
      count(({ agent }) => agent === name),
    ]),
    ...distinct(({ model }) => model).map((name): [string, (one: Observation) => number] => [
      `calls to ${name}`,
      count(({ model }) => model === name),
    ]),
    ...distinct(({ fault }) => fault).map((name): [string, (one: Observation) => number] => [
      name,
      count(({ fault }) => fault === name),
    ]),
  ]
  return quantities
    .map(([what, read]) => ({ what, share: sharedVariance(seen.map(read), costs) }))
    .filter(({ share }) => share >= MIN_SHARE)
    .toSorted((a, b) => b.share - a.share)
    .slice(0, MAX_DRIVERS)
}
