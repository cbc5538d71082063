import { join } from 'node:path'
import { describeOrchestration } from 'longhaul'

const pattern = join(import.meta.dirname, 'hierarchy.yaml')
const replies = [
  { agent: 'director', reply: 'All is done.' },
  { content: 'What has to be done', reply: 'Two things.' },
  { content: 'Report to the director', reply: 'We are ready.' },
  { content: 'Do your part', reply: 'Done.' },
]

describeOrchestration('a hierarchy', { pattern, provider: { latency: '5s', failRate: 0, replies } }, (test) => {
  test('asks a team below each lead, and reports come back up', async ({ run, expect }) => {
    const outcome = await run()
    expect(outcome).toHaveCompleted()
    expect(outcome.result!.result).toEqual({
      summary: 'All is done.',
      reports: {
        building: { report: 'We are ready.', done: 2, missing: [] },
        network: { report: 'We are ready.', done: 2, missing: [] },
      },
    })
    expect(outcome).toHaveCalls(1, { agent: 'worker_building_1' })
    expect(outcome).toHaveCalls(2, { agent: 'lead_network' })
  })
})

describeOrchestration(
  'a hierarchy with a lead who is refused',
  {
    pattern,
    orchestrator: { retry: { attempts: 1 } },
    provider: { latency: '5s', failRate: 0, replies, agents: { lead_network: { failRate: 1 } } },
  },
  (test) => {
    test('goes on with the other areas', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome).toHaveCompleted()
      const { reports } = outcome.result!.result as { reports: Record<string, { report: string; done: number }> }
      expect(reports['building']).toMatchObject({ done: 2 })
      expect(reports['network']!.report).toMatch(/^failed: /)
    })
  },
)
