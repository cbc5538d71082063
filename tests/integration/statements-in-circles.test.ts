import { describeOrchestration } from 'longhaul'
import { pattern, strategy } from '../given/strategy.ts'

// In a file of its own: it takes seconds, and minutes where each step is counted.
describeOrchestration(
  'statements that wait for nobody',
  {
    pattern: pattern(strategy`
      WHILE true:
        LOG "again"
    `),
  },
  (test) => {
    test('are stopped when they go in circles', { timeout: 60_000 }, async ({ run, expect }) => {
      expect(await run()).toHaveFailedWith(/runaway: 1000000 statements ran without waiting for an agent or a timer/)
    })
  },
)
