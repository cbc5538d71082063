import { describe, expect, test } from 'vitest'
import {
  explore,
  never,
  uniform,
  type OrchestrationResult,
  type Outcome,
  type PatternSettings,
  type PatternText,
  type ProviderConfig,
  type ReplyContext,
  type TraceEvent,
} from 'longhaul'
import { playing, STRATEGIES } from 'longhaul/games'
import { patient, patientChecks } from '../../mocks/index.ts'

// The patterns of the phases, at five rounds, killed between any two events of the trace and gone on with: the result and the ledger
// are those of a run that nobody killed.
interface Killed {
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

/** Every statement of the strategy language that does something. */
const EVERY_STATEMENT = `
name: every_statement
agents:
  ann: { prompt_template: You are Ann. }
  ben: { prompt_template: You are Ben. }
  chair: { role: coordinator, prompt_template: You lead. }
routing_rules:
  - { name: 'note:*', from: '*', to: ben, message: 'A note' }
coordination:
  termination: { event: 'all:over' }
orchestration_logic:
  strategy: |
    SPAWN "dora" WITH template: "ann"
    SET names = sort(agents)
    SET seen = {}
    TRY:
      FOREACH name IN names:
        SET seen[name] = len(name)
      ASSERT len(seen) > 100
    ON failure:
      SET seen["failed"] = failure.kind
    SEND "You are first." TO "ann"
    BROADCAST "Round one" TO agents
    CHECKPOINT "told"
    WAIT for replies OR 5 minutes
    SET told = sort(pluck(replies, "agent"))
    PARALLEL:
      GATHER quick FROM ["ann"] WITH prompt: "Quick?"
      AWAIT { from: ["ben", "dora"], event_pattern: "agent:response", min_responses: 2, timeout: 10m } AS heard
      BROADCAST "Say something" TO ["ben", "dora"]
      WAIT 7 seconds
    EMIT "note:one" WITH { text: "a note" }
    GATHER first FROM agents WITH prompt: "Who is first?", enough: 2, late: "keep"
    GATHER tasks_done FROM agents WITH tasks: [1, 2, 3, 4, 5], prompt: "Do"
    TERMINATE "dora"
    GATHER without FROM agents WITH prompt: "Without Dora?", redistribute: true
    reply = AWAIT completion FROM "ann" WITH prompt: "And you?", timeout: 2m
    PROCESS reply AS summary
    IF everybody is content:
      SET content = 1
    SUMMARISE it in one sentence
    SET scored = []
    FOR n IN 1..2:
      score = CALL rate(n)
      COLLECT score INTO scored
    SET fixed = 0
    RETRY 3 WITH backoff: 2s:
      SET fixed = fixed + 1
      ASSERT fixed == 2
    LOG "nearly"
    SET state = { names: names, told: told, heard: sort(pluck(heard, "from")), done: sort(pluck(tasks_done, "task")), late: len(first) + len(late_responses), without: len(without), summary: summary, scored: scored, fixed: fixed }
    EMIT "all:over" WITH {}
    WAIT 1 hour
`

/** Players without chance: another call would draw another move. */
const PLAYERS = {
  player_1: STRATEGIES.tit_for_tat,
  player_2: STRATEGIES.always_defect,
  player_3: STRATEGIES.pavlov,
  player_4: STRATEGIES.grim_trigger,
}

/** Of a pattern that counts the agents that answer in time: that number depends on the agents whose calls fail. */
const inTime: ProviderConfig = { services: { openai: { failRate: 0 } } }

const KILLED: readonly Killed[] = [
  { name: 'fixtures/orchestrations/session_recovery.yaml', vars: { max_rounds: 5 } },
  {
    name: 'game_theory_orchestration_v2',
    vars: { max_rounds: 5 },
    provider: {
      agents: Object.fromEntries(
        Object.entries(PLAYERS).map(([name, strategy]) => [name, { reply: playing(strategy) }]),
      ),
      ...inTime,
    },
  },
  {
    name: 'timeout_resilience_test',
    vars: {},
    provider: {
      agents: { slow_agent: { latency: '14s' }, timeout_agent: { latency: never() } },
      ...inTime,
    },
  },
  { name: 'cost_tracking_test', vars: { completions_each: 5 } },
  {
    name: 'multi_agent_evolution_scale',
    ledger: 'who does a task depends on who is faster, and what was said before is paid again with it',
    vars: { workers: 3, population: 8, generations: 2 },
    same: ({ done, rated, undone }: { done: number; rated: number[]; undone: number[] }) => ({
      done,
      rated: rated.toSorted((a, b) => a - b),
      undone,
    }),
  },
  { name: 'stress_test_decisions', vars: { max_rounds: 5 } },
  { name: 'evolution_marathon', vars: { max_rounds: 5 } },
  { name: 'sequential_pattern', vars: { agent_count: 4, rounds: 3 }, provider: inTime },
  { name: 'parallel_pattern', vars: { agent_count: 4, rounds: 3 }, provider: inTime },
  {
    name: 'semantic_test',
    vars: { enable_cache: true },
    ledger: 'who is asked again finds what the other one was answered meanwhile',
  },
  {
    name: 'every statement',
    ledger: 'answers say how many seconds they took, and stand in later questions',
    pattern: { text: EVERY_STATEMENT },
    vars: {},
    orchestrator: { functions: { rate: (n: number) => n * 10 } },
  },
]

/** What is said depends on the conversation alone, so that a run that was killed can be held against one that was not. */
const replies = ({ agent, turn }: ReplyContext): string => `${agent}, turn ${turn}`

/** With failures, other calls fail in a run that was killed, and what the empty answers among them cost differs. */
const FAIL_RATE = Number(process.env['LONGHAUL_FAIL_RATE'] ?? 0)

/** The run, killed after so many events of its trace. */
async function killed({ name, pattern, vars, provider, orchestrator }: Killed, crashAt: number) {
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

/** Questions that were answered more than once at the service, and calls that were under way at a crash. */
function answeredTwice(seen: readonly TraceEvent[]): { twice: number; uncertain: number } {
  const arrived = new Map(seen.flatMap((event) => (event.type === 'call.arrived' ? [[event.call, event]] : [])))
  const turns = seen.flatMap((event) => {
    const call = event.type === 'call.ended' ? arrived.get(event.call) : undefined
    return call ? [`${call.agent} ${call.turn}`] : []
  })
  return {
    twice: turns.length - new Set(turns).size,
    uncertain: seen.reduce((sum, event) => sum + (event.type === 'run.resumed' ? event.uncertain : 0), 0),
  }
}

describe.for(KILLED)('$name, killed at every event', (each) => {
  const resultOf = ({ result }: OrchestrationResult): unknown => (each.same ? each.same(result as never) : result)
  test('gives the result, and pays the price, of the run that was not', { timeout: 120_000 }, async () => {
    const straight = await killed(each, Infinity)
    expect(straight.result.status).toBe('completed')
    const events = straight.seen.length
    for (let crashAt = 1; crashAt < events; crashAt++) {
      const { seen, result } = await killed(each, crashAt)
      const after = `killed after event ${crashAt} of ${events}, ${seen[crashAt - 1]!.type}`
      expect(resultOf(result), after).toEqual(resultOf(straight.result))
      // What the services say they bill, for the answers that arrived.
      if (FAIL_RATE === 0 && !each.ledger) expect(result.cost.known, after).toBe(straight.result.cost.known)
      const billed = seen.reduce((sum, event) => sum + (event.type === 'call.ended' ? BigInt(event.cost) : 0n), 0n)
      expect(result.cost.known, after).toBeLessThanOrEqual(billed)
      expect(result.cost.known + result.cost.uncertain, after).toBeGreaterThanOrEqual(billed)
      // An answer that was on its way when the process died is paid, lost, and asked for again: the uncertain window, which is counted.
      const { twice, uncertain } = answeredTwice(seen)
      expect(twice, after).toBeLessThanOrEqual(uncertain)
      expect(twice, after).toBeLessThanOrEqual(1)
    }
  })
})
