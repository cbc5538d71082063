import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect as plainly, test as plain } from 'vitest'
import { describeOrchestration, uniform } from 'longhaul'
import { RunStore } from 'longhaul/orchestrator'
import { patient, patientChecks } from '../../mocks/index.ts'

// Phase 3.1: a hundred rounds of four agents, two to three hours of simulated time.
const pattern = 'evolution_marathon'
const folder = mkdtempSync(join(tmpdir(), 'longhaul-phase3-'))
afterAll(() => rmSync(folder, { recursive: true }))

const forgetful = { ...patient, conversationTokens: 400 }

describeOrchestration(
  'a hundred rounds',
  {
    pattern,
    vars: { max_rounds: 100 },
    provider: { latency: uniform('30s', '95s'), replies: 'Going on.' },
    orchestrator: { ...forgetful, store: ':memory:' },
    checks: patientChecks,
  },
  (test) => {
    test('complete, without an orphan, in two hours at least', async ({ run, provider, expect }) => {
      const outcome = await run()
      expect(outcome).toHaveCompleted()
      expect(outcome.result!.result).toEqual({ rounds: 100, answered: 400, complete: 100 })
      expect(outcome).toHaveElapsed({ atLeast: '2h', atMost: '12h' })
      expect(new Set(Object.values(outcome.result!.agents))).toEqual(new Set(['alive']))
      expect(provider.openCalls).toBe(0)
    })

    test('cost exactly what their answers cost', async ({ run, expect }) => {
      const { result, calls } = await run()
      const answered = calls
        .filter(({ status }) => status === 'ended')
        .reduce((sum, { cost }) => sum + BigInt(cost), 0n)
      expect(result!.cost.known).toBe(answered)
    })

    test('are as efficient at the end as before: conversations are pruned', async ({ run, expect }) => {
      const ended = (await run()).calls.filter(({ status }) => status === 'ended')
      const mean = (from: number, to: number): number =>
        ended.slice(from, to).reduce((sum, { usage }) => sum + usage.input, 0) / (to - from)
      expect(mean(300, 400)).toBeLessThanOrEqual(mean(200, 300) * 1.05)
    })
  },
)

/** The slope of the least-squares line through (x, y), for one x, as a share of the mean of y. */
function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
  const meanX = mean(points.map(([x]) => x))
  const meanY = mean(points.map(([, y]) => y))
  const top = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0)
  const bottom = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0)
  return top / bottom / meanY
}

const ROUNDS = [500, 1_000, 1_500, 2_000]
const sizes: [rounds: number, bytes: number][] = []

describeOrchestration.for(ROUNDS)(
  'what is kept of %i rounds',
  (rounds) => ({
    pattern,
    vars: { max_rounds: rounds },
    // Fast answers without failures: this is about what is kept, not about time.
    provider: { latency: '1s', replies: 'Going on.', services: { openai: { failRate: 0 } } },
    orchestrator: { ...forgetful, store: join(folder, `${rounds}.db`) },
  }),
  (test, rounds) => {
    test('is in the file afterwards', { timeout: 120_000 }, async ({ run, expect }) => {
      expect(await run()).toHaveCompleted()
      const store = new RunStore(join(folder, `${rounds}.db`))
      sizes.push([rounds, store.size('run_1')])
      expect(store.list()).toMatchObject([{ id: 'run_1', status: 'completed' }])
      store.close()
    })
  },
)

plain('what is kept does not grow with the rounds', () => {
  plainly(sizes).toHaveLength(ROUNDS.length)
  // Less than a thousandth for each hundred rounds.
  plainly(Math.abs(slope(sizes)) * 100).toBeLessThan(0.001)
})
