import { percentile } from '../../src/reality/estimate.ts'
import type { Seen } from './seen.ts'

/** A quantity over all seeds. */
export interface Spread {
  mean: number
  most: number
  median: number
  /** Nine runs of ten are in here. */
  from: number
  to: number
}

/** What the runs of a phase have come to. */
export interface Summary {
  runs: number
  completed: number
  ms: Spread
  cost: Spread
  calls: Spread
  /** By mode of failing: in how many runs, and how often in all of them. */
  modes: Record<string, { runs: number; times: number }>
  /** Runs with a collection without everybody, and those of them that completed. */
  partial: { runs: number; completed: number }
  worstTimeout: number
  claimsOff: number
  /** Runs in which the costs of the agents are the cost of the run. */
  byAgent: number
  /** By check: in how many runs it has found something. */
  found: Record<string, number>
  /** Most calls that were open at an end. */
  open: number
  work: { done: number; undone: number }
  /** Calls for each one that is no retry, mean. */
  callsEach: number
  /** Runs that were killed or suspended, went on once, and completed. */
  goneOn: number
  outageCalls: number
}

function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number): number => percentile(sorted, share)
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return { mean, most: sorted.at(-1)!, median: at(0.5), from: at(0.05), to: at(0.95) }
}

/** Sums up the runs of a phase. */
export function summed(seen: readonly Seen[]): Summary {
  const most = (read: (run: Seen) => number): number => Math.max(0, ...seen.map(read))
  const sum = (read: (run: Seen) => number): number => seen.reduce((total, run) => total + read(run), 0)
  const runs = (fits: (run: Seen) => boolean): number => seen.filter(fits).length
  const modes = [...new Set(seen.flatMap((run) => Object.keys(run.modes)))].toSorted()
  const checks = [...new Set(seen.flatMap(({ found }) => found))].toSorted()
  return {
    runs: seen.length,
    completed: runs(({ completed }) => completed),
    ms: spread(seen.map(({ ms }) => ms)),
    cost: spread(seen.map(({ cost }) => cost)),
    calls: spread(seen.map(({ calls }) => calls)),
    modes: Object.fromEntries(
      modes.map((name) => [
        name,
        { runs: runs((run) => name in run.modes), times: sum((run) => run.modes[name] ?? 0) },
      ]),
    ),
    partial: {
      runs: runs(({ partial }) => partial > 0),
      completed: runs(({ partial, completed }) => partial > 0 && completed),
    },
    worstTimeout: most(({ worstTimeout }) => worstTimeout),
    claimsOff: most(({ claimsOff }) => claimsOff),
    byAgent: runs(({ byAgent }) => byAgent),
    found: Object.fromEntries(checks.map((check) => [check, runs(({ found }) => found.includes(check))])),
    open: most(({ open }) => open),
    work: { done: sum(({ work }) => work?.done ?? 0), undone: sum(({ work }) => work?.undone ?? 0) },
    callsEach: sum(({ calls, retries }) => calls / Math.max(1, calls - retries)) / seen.length,
    goneOn: runs((run) => run.completed && run.modes['run gone on with'] === 1),
    outageCalls: most(({ outageCalls = 0 }) => outageCalls),
  }
}
