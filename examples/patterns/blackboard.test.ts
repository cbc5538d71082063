import { join } from 'node:path'
import { describeOrchestration } from 'longhaul'

const pattern = join(import.meta.dirname, 'blackboard.yaml')
const entry = (topic: string) => ({ json: { topic, entry: `the ${topic}` } })

describeOrchestration(
  'a blackboard',
  {
    pattern,
    provider: {
      latency: '5s',
      failRate: 0,
      replies: [
        { agent: 'monitor', reply: entry('symptom') },
        // Each waits for what it builds on.
        { agent: 'analyst', reply: ({ prompt }) => (prompt.includes('"symptom":') ? entry('cause') : { json: {} }) },
        { agent: 'operator', reply: ({ prompt }) => (prompt.includes('"cause":') ? entry('remedy') : 'Nothing yet.') },
      ],
    },
  },
  (test) => {
    test('is filled by those who can build on what is there', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome).toHaveCompleted()
      expect(outcome.result!.result).toEqual({
        board: {
          symptom: { by: 'monitor', entry: 'the symptom' },
          cause: { by: 'analyst', entry: 'the cause' },
          remedy: { by: 'operator', entry: 'the remedy' },
        },
        open: [],
        rounds: 4,
      })
    })
  },
)

describeOrchestration(
  'a blackboard that nobody can finish',
  { pattern, provider: { latency: '5s', failRate: 0, replies: [{ reply: { json: {} } }] } },
  (test) => {
    test('ends as soon as a round adds nothing', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome).toHaveCompleted()
      expect(outcome.result!.result).toMatchObject({ board: {}, open: ['symptom', 'cause', 'remedy'], rounds: 1 })
      expect(outcome).toHaveCalls(3)
    })
  },
)
