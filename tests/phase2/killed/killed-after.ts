import {
  explore,
  uniform,
  type OrchestrationResult,
  type Outcome,
  type PatternSettings,
  type PatternText,
  type ProviderConfig,
  type ReplyContext,
  type TraceEvent,
} from 'longhaul'
import { patient, patientChecks } from '../../../mocks/index.ts'

/** A run that is killed between any two events of its trace, and resumed. */
export interface Killed {
  name: string
  /** Default: the one of that name. */
  pattern?: PatternText
  vars: Record<string, number | string | boolean>
  provider?: ProviderConfig
  orchestrator?: PatternSettings
  /** What of the result does not depend on who is faster. Default: all of it. */
  same?: (result: never) => unknown
  /** Why the ledger of a run that was killed is another. It is exact all the same. */
  ledger?: string
}

/** Of a pattern that counts the agents that answer in time: that number depends on the agents whose calls fail. */
export const inTime: ProviderConfig = { services: { openai: { failRate: 0 } } }

/** What is said depends on the conversation alone, so that a run that was killed can be held against one that was not. */
const replies = ({ agent, turn }: ReplyContext): string => `${agent}, turn ${turn}`

/** With failures, other calls fail in a run that was killed, and what the empty answers among them cost differs. */
export const FAIL_RATE = Number(process.env['LONGHAUL_FAIL_RATE'] ?? 0)

/** The run, killed after so many events of its trace and resumed. */
export async function killedAfter({ name, pattern, vars, provider, orchestrator }: Killed, crashAt: number) {
  const seen: TraceEvent[] = []
  let outcome: Outcome<OrchestrationResult> | undefined
  // A provider, a clock and draws of its own, so that all that differs is the crash.
  const { failures } = await explore(
    name,
    {
      pattern: pattern ?? name,
      vars,
      orchestrator: { ...patient, breaker: { failures: 1_000_000 }, store: ':memory:', ...orchestrator },
      provider: { latency: uniform('5s', '12s'), replies, failRate: FAIL_RATE, ...provider },
      // One pattern asks one after another, on purpose.
      checks: { ...patientChecks, sequential: false },
    },
    { seeds: 1, swarm: false, maxShrunk: 0 },
    async ({ start, trace }) => {
      const orchestration = await start()
      const restarted = Promise.withResolvers<void>()
      const stop = trace.onAppend((event) => {
        if (seen.push(event) === crashAt) orchestration.restart().then(restarted.resolve, restarted.reject)
      })
      outcome = (await orchestration.outcome()) as Outcome<OrchestrationResult>
      stop()
      if (seen.length >= crashAt) await restarted.promise
    },
  )
  if (failures.length > 0 || outcome?.error)
    throw new Error(`Killed after event ${crashAt}, ${seen[crashAt - 1]?.type}`, {
      cause: failures[0]?.error ?? outcome!.error,
    })
  return { seen, outcome: outcome!, result: outcome!.result! }
}
