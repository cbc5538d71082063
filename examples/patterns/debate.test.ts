import { join } from 'node:path'
import { describeOrchestration, never } from 'longhaul'

const pattern = join(import.meta.dirname, 'debate.yaml')
const replies = [
  { agent: 'judge', reply: { json: { winner: 'opponent', reason: 'The audit is cheap.' } } },
  { agent: 'advocate', reply: ['Wait: an audit finds what tests do not.', 'It takes a week only.'] },
  { agent: 'opponent', reply: ['Ship: customers wait.', 'A week is long.'] },
]

describeOrchestration('a debate', { pattern, provider: { latency: '2s', failRate: 0, replies } }, (test) => {
  test('each side hears what the other has said last, and the judge hears all', async ({ run, expect }) => {
    const outcome = await run()
    expect(outcome).toHaveCompleted()
    expect(outcome.result!.result).toEqual({ winner: 'opponent', arguments: 4 })
    expect(outcome).toHaveCalls(2, { agent: 'advocate', status: 'ended' })
    // Four turns and the verdict, one after another.
    expect(outcome).toHaveElapsed({ atLeast: '10s', atMost: '15s' })
  })
})

describeOrchestration(
  'a debate with a silent side',
  { pattern, provider: { latency: '2s', failRate: 0, replies, agents: { advocate: { latency: never() } } } },
  (test) => {
    test('goes on without its turns', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome).toHaveCompleted()
      expect(outcome.result!.result).toEqual({ winner: 'opponent', arguments: 2 })
    })
  },
)
