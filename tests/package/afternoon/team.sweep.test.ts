import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import { describeOrchestration } from 'longhaul'
import { research } from './team.ts'
import { AGENTS, searches, team } from './world.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'research-'))
  searches.listen({ onUnhandledFrame: 'bypass' })
})
afterEach(async () => {
  searches.close()
  await rm(folder, { recursive: true })
})

describeOrchestration.sweep({ seeds: 100, failRate: [0, 0.2] })(
  'the research team',
  {
    agents: AGENTS,
    system: ({ signal }) => research({ subject: 'lighthouses', memory: join(folder, 'memory.json'), signal }),
    provider: team,
  },
  (test, { failRate }) => {
    test('has its report accepted, whatever fails', async ({ run, sometimes, expect }) => {
      const outcome = await run()
      expect(outcome).toHaveCompleted()
      expect(outcome.result).toMatchObject({ drafts: 1, accepted: true })
      expect(outcome).toHaveCost({ atMost: '$1' })
      if (failRate === 0) expect(outcome).toHaveElapsed({ exactly: '70s' })
      const faults = outcome.calls.map(({ fault }) => fault)
      // A call that hangs ends when its client goes away.
      sometimes('a call hangs', faults.includes('disconnected'), { when: failRate !== 0 })
      sometimes('a call is refused by a rate limit', faults.includes('rate_limited'), { when: failRate !== 0 })
      sometimes('nothing fails', !outcome.calls.some(({ status }) => status === 'failed'))
    })
  },
)
