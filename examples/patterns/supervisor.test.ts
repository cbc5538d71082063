import { join } from 'node:path'
import { describeOrchestration, never } from 'longhaul'

const pattern = join(import.meta.dirname, 'supervisor.yaml')

describeOrchestration(
  'a supervisor',
  {
    pattern,
    provider: {
      latency: '5s',
      failRate: 0,
      replies: [{ reply: 'Done.' }],
      agents: { worker: { latency: never() } },
    },
  },
  (test) => {
    test('replaces a worker that hangs, and no task is lost', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome).toHaveCompleted()
      expect(outcome.result!.result).toEqual({
        done: {
          collect: { by: 'worker_2', said: 'Done.' },
          clean: { by: 'worker_2', said: 'Done.' },
          load: { by: 'worker_2', said: 'Done.' },
        },
        failures: [{ task: 'collect', by: 'worker', kind: 'timeout' }],
        gave_up_at: null,
      })
    })
  },
)

describeOrchestration(
  'a supervisor whose workers all hang',
  { pattern, provider: { latency: never(), failRate: 0 } },
  (test) => {
    test('gives up after its failures, and says at which task', async ({ run, expect }) => {
      const outcome = await run({ vars: { max_failures: 1 } })
      expect(outcome).toHaveCompleted()
      expect(outcome.result!.result).toMatchObject({ done: {}, gave_up_at: 'collect' })
      expect(outcome).toHaveElapsed({ atMost: '3m' })
    })
  },
)
