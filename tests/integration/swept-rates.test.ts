import { expect, test as plain } from 'vitest'
import { describeOrchestration, type Case } from 'longhaul'

const told: Pick<Case, 'failRate' | 'latencyScale'>[] = []

describeOrchestration.sweep({ seeds: 1, failRate: [0, 0.25] })(
  'a sweep that varies the fail rate',
  { system: async () => 'done', latencyScale: 0.5 },
  (test, { failRate, latencyScale }) => {
    told.push({ failRate, latencyScale })
    test('can say when a condition may hold', async ({ run, sometimes }) => {
      await run()
      sometimes('a call may fail', true, { when: failRate > 0 })
    })
  },
)
describeOrchestration.sweep({ seeds: 1 })(
  'a sweep that varies nothing but the seed',
  { system: async () => 'done', provider: { failRate: 0.1 } },
  (test, { failRate, latencyScale }) => {
    told.push({ failRate, latencyScale })
    test('completes', async ({ run, expect }) => expect(await run()).toHaveCompleted())
  },
)

plain('cases tell the rates that are in force in them, whether or not the sweep varies them', () => {
  expect(told).toEqual([
    { failRate: 0, latencyScale: 0.5 },
    { failRate: 0.25, latencyScale: 0.5 },
    { failRate: 0.1, latencyScale: 1 },
  ])
})
