import type { Summary } from './summary.ts'

/** The summaries of all phases, each under its number and name, such as `1.1 game theory, 10 rounds`. */
export type AllSummed = Readonly<Record<string, Summary>>

/** A success metric of the plan. */
interface Metric {
  /** In the plan's words. */
  name: string
  /** How it is measured, and in which of the phases. */
  measured: string
  bound: string
  /** The figure, and whether it keeps the bound. */
  of(all: AllSummed): { figure: string; holds: boolean }
}

const one = (all: AllSummed, start: string): Summary => Object.entries(all).find(([name]) => name.startsWith(start))![1]
const sum = (all: AllSummed, read: (one: Summary) => number): number =>
  Object.values(all).reduce((total, each) => total + read(each), 0)
const most = (all: AllSummed, read: (one: Summary) => number): number => Math.max(0, ...Object.values(all).map(read))
const without = (all: AllSummed, start: string): AllSummed =>
  Object.fromEntries(Object.entries(all).filter(([name]) => !name.startsWith(start)))
/** In how many runs a check has found something. */
const findings = (all: AllSummed, ...checks: string[]): number =>
  sum(all, ({ found }) => checks.reduce((total, check) => total + (found[check] ?? 0), 0))

const percent = (share: number, digits = 1): string => `${Number((share * 100).toFixed(digits))} %`
const atLeast = (share: number, bound: number) => ({ figure: percent(share), holds: share >= bound })
const none = (count: number) => ({ figure: String(count), holds: count === 0 })
const completing = ({ completed, runs }: Summary): number => completed / runs

const COORDINATION: readonly Metric[] = [
  {
    name: 'Orchestrations complete despite agent timeouts',
    measured: 'runs of 1.2 that complete, with an agent that never answers',
    bound: 'at least 99 %',
    of: (all) => atLeast(completing(one(all, '1.2')), 0.99),
  },
  {
    name: 'Partial results allow progress (not all-or-nothing)',
    measured: 'runs with a collection without everybody that complete nevertheless, all phases',
    bound: 'at least 95 %',
    of: (all) => atLeast(sum(all, ({ partial }) => partial.completed) / sum(all, ({ partial }) => partial.runs), 0.95),
  },
  {
    name: 'Work redistribution on agent failure',
    measured: 'pieces of work of 2.1 that are done although an agent was terminated',
    bound: 'at least 99 %',
    of(all) {
      const { done, undone } = one(all, '2.1').work
      return atLeast(done / Math.max(1, done + undone), 0.99)
    },
  },
  {
    name: 'No coordination deadlocks',
    measured: 'findings of the check `deadlock`, all phases',
    bound: '0',
    of: (all) => none(findings(all, 'deadlock')),
  },
]

const RESILIENCE: readonly Metric[] = [
  {
    name: 'Handles 20% LLM call failure rate',
    measured: 'runs of 2.2 that complete where a fifth of the calls fails',
    bound: '100 %',
    of: (all) => atLeast(completing(one(all, '2.2 a fifth')), 1),
  },
  {
    name: 'Circuit breakers prevent cascade failures',
    measured: 'most calls to a service that is gone for a quarter of an hour (2.2); runs that complete',
    bound: 'at most 30; 100 %',
    of(all) {
      const phase = one(all, '2.2 one service')
      const share = completing(phase)
      return { figure: `${phase.outageCalls}; ${percent(share)}`, holds: phase.outageCalls <= 30 && share === 1 }
    },
  },
  {
    name: 'Exponential backoff reduces API pressure',
    measured: 'findings of the checks `backoff` and `retry-after`, all phases; calls a question where half fail',
    bound: '0; at most 3',
    of(all) {
      const found = findings(all, 'backoff', 'retry-after')
      const { callsEach } = one(all, '2.2 half')
      return { figure: `${found}; ${callsEach.toFixed(2)}`, holds: found === 0 && callsEach <= 3 }
    },
  },
  {
    name: 'Sessions recover after restart',
    measured: 'runs of 2.3 that were killed after ten rounds, and go on to the end',
    bound: '100 %',
    of(all) {
      const { goneOn, runs } = one(all, '2.3')
      return atLeast(goneOn / runs, 1)
    },
  },
]

const EFFICIENCY: readonly Metric[] = [
  {
    name: 'Parallel coordination where possible',
    measured: 'time of ten agents at once over that of ten one after another (4.1), means',
    bound: 'at most 0.5',
    of(all) {
      const ratio = one(all, '4.1 ten agents at once').ms.mean / one(all, '4.1 ten agents one').ms.mean
      return { figure: ratio.toFixed(2), holds: ratio <= 0.5 }
    },
  },
  {
    name: 'Timeout handling within 2x timeout value',
    measured: 'the longest that any collection took, in its own timeouts, all phases',
    bound: 'at most 2',
    of(all) {
      const worst = most(all, ({ worstTimeout }) => worstTimeout)
      return { figure: worst.toFixed(2), holds: worst <= 2 }
    },
  },
  {
    name: 'No unnecessary sequential operations',
    measured: 'findings of the check `sequential`, all phases but 4.1 one after another, which is meant so',
    bound: '0',
    of: (all) => none(findings(without(all, '4.1 ten agents one'), 'sequential')),
  },
  {
    name: 'Agent lifecycle cleanup working',
    measured: 'findings of the check `orphans`, all phases; most calls that are open at the end of a run',
    bound: '0; 0',
    of(all) {
      const [found, open] = [findings(all, 'orphans'), most(all, (each) => each.open)]
      return { figure: `${found}; ${open}`, holds: found === 0 && open === 0 }
    },
  },
]

const COST: readonly Metric[] = [
  {
    name: 'Cost tracking accurate within 1%',
    measured: 'the farthest that what is claimed is from the bill, all phases',
    bound: 'at most 1 %',
    of(all) {
      const off = most(all, ({ claimsOff }) => claimsOff)
      return { figure: percent(off, 4), holds: off <= 0.01 }
    },
  },
  {
    name: 'Budget limits enforced',
    measured: 'the dearest run of 5.1, with a budget of $5.00',
    bound: 'at most $5.00',
    of(all) {
      const dearest = one(all, '5.1').cost.most
      return { figure: `$${(dearest / 1e12).toFixed(4)}`, holds: dearest <= 5e12 }
    },
  },
  {
    name: 'Cost per agent/orchestration available',
    measured: 'runs in which the costs of the agents are the cost of the run, all phases',
    bound: '100 %',
    of: (all) => atLeast(sum(all, ({ byAgent }) => byAgent) / sum(all, ({ runs }) => runs), 1),
  },
  {
    name: 'No runaway cost scenarios',
    measured: 'findings of the checks `runaway`, `budget` and `amplification`, all phases',
    bound: '0',
    of: (all) => none(findings(all, 'runaway', 'budget', 'amplification')),
  },
]

/** The success metrics of the plan, in its order and words, each with its figure and bound. */
export const METRICS: Readonly<Record<string, readonly Metric[]>> = {
  Coordination: COORDINATION,
  Resilience: RESILIENCE,
  Efficiency: EFFICIENCY,
  Cost: COST,
}
