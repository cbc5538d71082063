import { join } from 'node:path'
import { describeOrchestration, uniform } from 'longhaul'

const pattern = join(import.meta.dirname, 'map-reduce.yaml')
const replies = [{ agent: 'editor', reply: ({ prompt }: { prompt: string }) => prompt }]

describeOrchestration(
  'map and reduce',
  {
    pattern,
    provider: {
      latency: uniform('1s', '20s'),
      failRate: 0,
      replies: [...replies, { reply: ({ prompt }) => `about ${/\[.*\]/.exec(prompt)?.[0]}` }],
    },
  },
  (test) => {
    test('every piece is read once, and the editor has them in the order of the text', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome).toHaveCompleted()
      const { summary, pieces, missing } = outcome.result!.result as Record<string, unknown>
      expect({ pieces, missing }).toEqual({ pieces: 3, missing: 0 })
      expect(summary).toBe('Make one summary of:\nabout ["one","two"]\nabout ["three","four"]\nabout ["five","six"]')
      expect(outcome).toHaveCalls(1, { agent: 'editor' })
    })

    test('a reader that is gone leaves its piece to the others', async ({ start, expect }) => {
      const orchestration = await start()
      orchestration.terminateAgent('reader_1')
      const outcome = await orchestration.outcome()
      expect(outcome).toHaveCompleted()
      expect(outcome.result!.result).toMatchObject({ pieces: 3, missing: 0 })
    })
  },
)
