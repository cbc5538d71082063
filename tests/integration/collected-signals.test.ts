import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import OpenAI from 'openai'
import { describeOrchestration } from 'longhaul'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
const client = new OpenAI({ apiKey: 'test', maxRetries: 0 })

describeOrchestration(
  'a call that hangs while the garbage collector runs',
  {
    provider: { latency: '1s', failRate: 0 },
    system: ({ signal }) =>
      client.chat.completions.create(
        { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'x' }] },
        { signal: AbortSignal.any([signal, AbortSignal.timeout(120_000)]), timeout: 40_000 },
      ),
  },
  (test) => {
    test('is still ended by its timeout', async ({ start, sleep, provider, expect }) => {
      provider.failNext(1, 'hang')
      const orchestration = await start()
      for (let nth = 0; nth < 5; nth++) {
        await sleep('1s')
        collect()
      }
      expect(await orchestration.outcome()).toHaveFailedWith(OpenAI.APIConnectionTimeoutError)
    })
  },
)
