import { findViolations } from '../../src/checks/index.ts'
import type { OrchestrationResult } from '../../src/orchestrator/index.ts'
import type { Outcome } from '../../src/simulation/outcome.ts'
import { openSession } from '../../src/simulation/session.ts'
import { joinSettings } from '../../src/simulation/settings.ts'
import { callsOf, gathersOf, type Trace } from '../../src/trace/index.ts'
import type { Phase } from './phases.ts'

/** What one run has come to, as plain data. The run that counts is the last one of its test. */
export interface Seen {
  completed: boolean
  /** Simulated. */
  ms: number
  /** What the services have billed. Picodollars. */
  cost: number
  calls: number
  retries: number
  /** How often each thing went wrong, and what was done about it. */
  modes: Record<string, number>
  /** Collections without everybody, of which the run went on. */
  partial: number
  /** The longest that a collection took, in its timeouts. */
  worstTimeout: number
  /** How far the claims are from the bill, as a share of it; what is uncertain counts for them. */
  claimsOff: number
  /** Whether the costs of the agents are the cost of the run. */
  byAgent: boolean
  /** Names of the checks that have found something. */
  found: string[]
  /** Calls that nobody had ended at the end. */
  open: number
  /** What it was to do, and what of it nobody has done: only where agents share their work. */
  work: { done: number; undone: number } | undefined
  /** What it saved by its cache. Picodollars. */
  saved: number
  /** Calls to a service that was gone: only where one was. */
  outageCalls: number | undefined
}

const PICO = 1e12
/** A service that is gone answers nobody between these. */
const OUTAGE_MS = [60_000, 960_000] as const

/** What is counted of a trace as a mode of failing, or of getting over it. */
function modesOf(outcome: Outcome<OrchestrationResult>, trace: Trace): Record<string, number> {
  const modes: Record<string, number> = {}
  const count = (name: string, times = 1): void => void (times > 0 && (modes[name] = (modes[name] ?? 0) + times))
  for (const { status, fault } of callsOf(trace)) if (status === 'failed') count(`call: ${fault}`)
  count(
    'agent left out of a collection',
    gathersOf(trace).reduce((sum, { missing }) => sum + missing.length, 0),
  )
  count('breaker opened', trace.ofType('breaker.changed').filter(({ state }) => state === 'open').length)
  count('failover', trace.ofType('model.fellBack').length)
  count('agent hung', trace.ofType('agent.hung').length)
  count('agent terminated', trace.ofType('agent.terminated').length)
  count('run gone on with', trace.ofType('run.resumed').length)
  count('budget refused a question', trace.ofType('budget.refused').length)
  if (outcome.status === 'failed') count(`run failed: ${outcome.error instanceof Error ? outcome.error.name : 'error'}`)
  return modes
}

function claimsOf({ result, ledger, trace }: Outcome<OrchestrationResult>): Pick<Seen, 'claimsOff' | 'byAgent'> {
  const billed = ledger.total.cost
  // The bill is that of the test; of two runs only the last one's claims are known here.
  const isOne = trace.ofType('run.started').length === 1
  if (!result || billed === 0n || !isOne) return { claimsOff: 0, byAgent: true }
  const { known, uncertain, byAgent } = result.cost
  const off = known > billed ? known - billed : known + uncertain < billed ? billed - known - uncertain : 0n
  const sum = Object.values(byAgent).reduce((total, one) => total + one.known + one.uncertain, 0n)
  return { claimsOff: Number((off * 1_000_000n) / billed) / 1_000_000, byAgent: sum === known + uncertain }
}

function workOf({ result }: Outcome<OrchestrationResult>): Seen['work'] {
  const given = result?.result
  if (typeof given !== 'object' || given === null || !('undone' in given) || !('done' in given)) return undefined
  return { done: Number(given.done), undone: (given.undone as unknown[]).length }
}

/** One run of a phase in virtual time, whatever the environment says. */
export async function see({ options, work, what }: Phase, seed: number): Promise<Seen> {
  const session = openSession<OrchestrationResult>(what, options, joinSettings({ seed, checks: false }))
  let outcome: Outcome<OrchestrationResult> | undefined
  try {
    await session.supervise(async () => {
      outcome = await (work ? work(session) : session.run())
    })
    const { trace, provider } = session
    const ended = outcome!
    // Of the whole test: some do several runs.
    const [calls, gathers] = [callsOf(trace), gathersOf(trace)]
    const took = gathers.map(({ startedAt, endedAt, timeoutMs }) =>
      timeoutMs === null || timeoutMs === 0 ? 0 : ((endedAt ?? session.clock.now()) - startedAt) / timeoutMs,
    )
    const isOut = options.provider?.windows !== undefined
    return {
      completed: ended.status === 'completed',
      ms: ended.elapsedMs,
      cost: Number(provider.ledger.total.cost),
      calls: calls.length,
      retries: calls.filter(({ attempt }) => attempt > 1).length,
      modes: modesOf(ended, trace),
      partial: gathers.filter(({ missing, received }) => missing.length > 0 && received.length > 0).length,
      worstTimeout: trace.ofType('run.resumed').length > 0 ? 0 : Math.max(0, ...took),
      ...claimsOf(ended),
      found: [...new Set(findViolations(trace).map(({ check }) => check))],
      open: provider.openCalls,
      work: workOf(ended),
      saved: Number(ended.result?.cache?.saved ?? 0n),
      outageCalls: isOut
        ? calls.filter(
            ({ provider: name, arrivedAt }) =>
              name === 'openai' && arrivedAt >= OUTAGE_MS[0] && arrivedAt < OUTAGE_MS[1],
          ).length
        : undefined,
    }
  } finally {
    await session.close()
  }
}

/** An amount as people read it. */
export const dollars = (pico: number): string => `$${(pico / PICO).toPrecision(3)}`
