import Bottleneck from 'bottleneck'
import { describeOrchestration } from 'longhaul'
import OpenAI from 'openai'

// As programs have them: one client and one limiter for the whole process, made when they are first needed.
let openai: OpenAI | undefined
let limiter: Bottleneck | undefined
const client = (): OpenAI => (openai ??= new OpenAI({ apiKey: 'test' }))
const limit = (): Bottleneck => (limiter ??= new Bottleneck({ minTime: 2_000, maxConcurrent: 1 }))
// And one that is made at load, with a reservoir that an interval fills.
const reservoir = new Bottleneck({ reservoir: 2, reservoirRefreshAmount: 2, reservoirRefreshInterval: 60_000 })

const ask = (content: string): Promise<unknown> =>
  client().chat.completions.create({ model: 'gpt-4o-mini', messages: [{ role: 'user', content }] })

const five = async (): Promise<number[]> => {
  const began = Date.now()
  return Promise.all(
    [1, 2, 3, 4, 5].map((nth) =>
      limit().schedule(async () => {
        const at = Date.now() - began
        await ask(`Page ${nth}`)
        return at
      }),
    ),
  )
}

describeOrchestration(
  'calls behind a limiter of the whole process',
  { provider: { latency: 500 }, system: five },
  (test) => {
    test.for([1, 2, 3])('are spread over time in test %i as in the first', async (_nth, { run, expect }) => {
      const outcome = await run()
      expect(outcome).toHaveCompleted()
      const [first, ...rest] = outcome.result as number[]
      expect(first).toBeLessThanOrEqual(2_000)
      // The limiter counts from when a job was let go, which takes it a millisecond at times.
      for (const [index, at] of rest.entries())
        expect(at - (outcome.result as number[])[index]!).toBeGreaterThanOrEqual(1_999)
    })
  },
)

describeOrchestration(
  'calls from a reservoir that was made at load',
  {
    provider: { latency: 500 },
    system: () => Promise.all([1, 2, 3, 4].map((nth) => reservoir.schedule(() => ask(`Row ${nth}`)))),
  },
  (test) => {
    test.for([1, 2])('go on when it is filled again, in test %i too', async (_nth, { run, expect }) => {
      const outcome = await run()
      expect(outcome).toHaveCompleted()
      expect(outcome).toHaveElapsed({ atMost: '3m' })
      expect(outcome).toHaveCalls({ atLeast: 4, atMost: 4 })
    })
  },
)
