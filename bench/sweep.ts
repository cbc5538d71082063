import { findViolations } from '../src/checks/index.ts'
import { explore } from '../src/explore/index.ts'
import { Orchestrator } from '../src/orchestrator/index.ts'
import { loadPattern } from '../src/pattern/index.ts'
import { actAs } from '../src/provider/index.ts'
import { Trace } from '../src/trace/index.ts'
import { ratio, record, timed } from './measure.ts'
import { simulate } from './simulation.ts'

/** Cases of a sweep a second against the same orchestration in a bare loop, and what all checks cost of a run of 10,000 calls. */
const CASES = 100
const ROUNDS = 5
const file = 'fixtures/orchestrations/session_recovery.yaml'
const vars = { max_rounds: ROUNDS, pause: '1s' }

const swept = (): Promise<number> =>
  timed(async () => {
    const { failures } = await explore(
      'bench',
      { pattern: file, vars, provider: { latency: '5s', replies: 'Going on.', failRate: 0 } },
      { seeds: CASES, swarm: false },
    )
    if (failures.length > 0) throw failures[0]!.error
  })

const bare = (): Promise<number> =>
  timed(async () => {
    for (let run = 0; run < CASES; run++)
      await simulate(
        async ({ trace }) => void (await new Orchestrator(loadPattern(file), { vars }, {}, { trace, actAs }).run()),
        { config: { replies: 'Going on.' } },
      )
  })

for (let warmUp = 0; warmUp < 2; warmUp++) {
  await bare()
  await swept()
}
record('sweep-cases', { cases: CASES, ...(await ratio('sweep', swept, 'bare loop', bare)) })

const CALLS = 10_000
const pattern = loadPattern('evolution_marathon')
const runs: number[] = []
const checks: number[] = []
for (let run = 0; run < 5; run++) {
  let events: Trace | undefined
  runs.push(
    await timed(() =>
      simulate(
        async ({ trace }) => {
          const orchestrator = new Orchestrator(
            pattern,
            { vars: { max_rounds: CALLS / 4 } },
            { conversationTokens: 400 },
            { trace, actAs },
          )
          await orchestrator.run()
          events = trace
        },
        { config: { failRate: 0.1 } },
      ),
    ),
  )
  checks.push(await timed(async () => void findViolations(events!)))
}
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[2]!
record('checks', {
  calls: CALLS,
  'run (ms)': Math.round(median(runs)),
  'checks (ms)': Number(median(checks).toFixed(1)),
  share: Number((median(checks) / median(runs)).toFixed(4)),
})
