import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { actAs, describeOrchestration } from 'longhaul'

const messages = [{ role: 'user' as const, content: 'Ready?' }]
const openai = new OpenAI({ apiKey: 'test', maxRetries: 3 })
const anthropic = new Anthropic({ apiKey: 'test', maxRetries: 3 })
const CALLS = {
  openai: () => openai.chat.completions.create({ model: 'gpt-4o-mini', messages }),
  anthropic: () => anthropic.messages.create({ model: 'claude-haiku-4-5', max_tokens: 100, messages }),
}

describeOrchestration(
  'a time to wait that is told as a date',
  {
    provider: { latency: '1s', retryAfter: '7s', retryAfterFormat: 'date' },
    system: ({ vars }) => actAs('caller', vars['work'] as () => Promise<unknown>),
  },
  (test) => {
    for (const [service, call] of Object.entries(CALLS))
      test(`is obeyed by the SDK of ${service}, whose clock is that of the run`, async ({
        run,
        provider,
        trace,
        expect,
      }) => {
        provider.failNext(2, 'rate_limited')
        expect(await run({ vars: { work: call } })).toHaveCompleted()
        const waits = trace.ofType('call.retried').map(({ afterMs }) => afterMs)
        expect(waits).toHaveLength(2)
        for (const wait of waits) {
          expect(wait).toBeGreaterThanOrEqual(7_000)
          expect(wait).toBeLessThan(8_000)
        }
      })

    test('stands in the header, beside the date of the answer, without milliseconds', async ({
      run,
      provider,
      expect,
    }) => {
      provider.failNext(1, 'overloaded')
      const work = async () => {
        const { headers } = await fetch('https://api.openai.com/v1/chat/completions', {
          method: 'POST',
          headers: { authorization: 'Bearer test', 'content-type': 'application/json' },
          body: JSON.stringify({ model: 'gpt-4o-mini', messages }),
        })
        return Object.fromEntries(headers)
      }
      const headers = (await run({ vars: { work } })).result as Record<string, string>
      expect(headers['retry-after']).toMatch(/^\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT$/)
      const waitMs = Date.parse(headers['retry-after']!) - Date.parse(headers['date']!)
      expect([7_000, 8_000]).toContain(waitMs)
      expect(headers['retry-after-ms']).toBeUndefined()
    })
  },
)
