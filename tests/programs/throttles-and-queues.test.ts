import { describeOrchestration } from 'longhaul'
import OpenAI from 'openai'
import PQueue from 'p-queue'
import pThrottle from 'p-throttle'

const openai = new OpenAI({ apiKey: 'test' })
const ask = (content: string): Promise<unknown> =>
  openai.chat.completions.create({ model: 'gpt-4o-mini', messages: [{ role: 'user', content }] })

// Two calls in ten seconds, for the whole process.
const throttled = pThrottle({ limit: 2, interval: 10_000 })(ask)
// Two at a time, three begun a minute.
const queue = new PQueue({ concurrency: 2, interval: 60_000, intervalCap: 3 })

describeOrchestration(
  'six calls, two in ten seconds',
  {
    provider: { latency: 100 },
    system: () => Promise.all([1, 2, 3, 4, 5, 6].map((nth) => throttled(`Page ${nth}`))),
  },
  (test) => {
    test.for([1, 2, 3])('take twenty seconds in test %i', async (_nth, { run, expect }) => {
      const outcome = await run()
      expect(outcome).toHaveCompleted()
      expect(outcome).toHaveElapsed({ atLeast: '20s', atMost: '31s' })
    })
  },
)

describeOrchestration(
  'six calls in a queue, three a minute',
  {
    provider: { latency: '5s' },
    system: () => Promise.all([1, 2, 3, 4, 5, 6].map((nth) => queue.add(() => ask(`Page ${nth}`)))),
  },
  (test) => {
    test.for([1, 2, 3])('take a minute in test %i', async (_nth, { run, expect }) => {
      const outcome = await run()
      expect(outcome).toHaveCompleted()
      expect(outcome).toHaveElapsed({ atLeast: '1m', atMost: '2m 10s' })
    })
  },
)
