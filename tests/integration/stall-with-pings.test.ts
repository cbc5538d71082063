import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { actAs, describeOrchestration } from 'longhaul'

const openai = new OpenAI({ apiKey: 'test', maxRetries: 0 })
const anthropic = new Anthropic({ apiKey: 'test', maxRetries: 0 })
const messages = [{ role: 'user' as const, content: 'Write.' }]
const post = (url: string, headers: Record<string, string>, body: object): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer test', ...headers },
    body: JSON.stringify({ messages, ...body }),
  })
const chat = (host: string, model: string, more: object = { stream: true }) =>
  post(`https://${host}/chat/completions`, {}, { model, ...more })

/** A stream of each service, and what shows that it lives. */
const STREAMS: Record<string, [ask: () => Promise<Response>, ping: RegExp]> = {
  openai: [() => chat('api.openai.com/v1', 'gpt-4o-mini'), /^: keep-alive\n\n$/],
  'openai, responses': [
    () =>
      post(
        'https://api.openai.com/v1/responses',
        {},
        { model: 'gpt-4o', input: 'Write.', messages: undefined, stream: true },
      ),
    /^event: keepalive\ndata: \{"type":"keepalive","sequence_number":\d+\}\n\n$/,
  ],
  anthropic: [
    () =>
      post(
        'https://api.anthropic.com/v1/messages',
        { 'x-api-key': 'test', 'anthropic-version': '2023-06-01' },
        { model: 'claude-haiku-4-5', max_tokens: 100, stream: true },
      ),
    /^event: ping\ndata: \{"type":"ping"\}\n\n$/,
  ],
  openrouter: [() => chat('openrouter.ai/api/v1', 'openai/gpt-4o-mini'), /^: OPENROUTER PROCESSING\n\n$/],
  deepseek: [() => chat('api.deepseek.com/v1', 'deepseek-chat'), /^: keep-alive\n\n$/],
  'deepseek, whole': [() => chat('api.deepseek.com/v1', 'deepseek-chat', {}), /^\n$/],
}

describeOrchestration(
  'a stall of a connection that lives',
  {
    provider: { latency: '10s', replies: 'One two three four five six.' },
    checks: { orphans: { calls: false } },
    system: ({ vars }) => actAs('writer', vars['work'] as () => Promise<unknown>),
  },
  (test) => {
    for (const [name, [ask, ping]] of Object.entries(STREAMS))
      test(`${name} sends a ping every 15 s, for longer than fetch waits for a byte`, async ({
        run,
        provider,
        expect,
      }) => {
        provider.failNext(1, 'stall_with_pings')
        const work = async () => {
          const reader = (await ask()).body!.getReader()
          const started = Date.now()
          const pings: [text: string, at: number][] = []
          while (Date.now() - started < 20 * 60_000) {
            const { value, done } = await reader.read()
            if (done) throw new Error('The stream ended.')
            pings.push([new TextDecoder().decode(value), Date.now()])
          }
          await reader.cancel()
          return pings.slice(-70)
        }
        const pings = (await run({ vars: { work } })).result as [string, number][]
        expect(pings).toHaveLength(70)
        for (const [text] of pings) expect(text).toMatch(ping)
        expect(new Set(pings.slice(1).map(([, at], nth) => at - pings[nth]![1]))).toEqual(new Set([15_000]))
      })

    test('the SDKs wait on until an AbortSignal ends the call, and bills what had come', async ({
      run,
      provider,
      trace,
      expect,
    }) => {
      provider.failNext(2, 'stall_with_pings')
      const signal = () => AbortSignal.timeout(3_600_000)
      const ended = async (stream: AsyncIterable<unknown>) => {
        try {
          for await (const _ of stream);
        } catch {
          // Some SDKs end the loop instead.
        }
        return Date.now()
      }
      const work = async () => {
        const began = Date.now()
        const first = await ended(
          await openai.chat.completions.create({ model: 'gpt-4o-mini', messages, stream: true }, { signal: signal() }),
        )
        const second = await ended(
          await anthropic.messages.create(
            { model: 'claude-haiku-4-5', max_tokens: 100, messages, stream: true },
            { signal: signal() },
          ),
        )
        return [first - began, second - first]
      }
      const outcome = await run({ vars: { work } })
      expect(outcome.result).toEqual([3_600_000, 3_600_000])
      expect(outcome).toHaveCalls(2, { fault: 'disconnected' })
      for (const { usage } of trace.ofType('call.failed')) expect(usage.output).toBeGreaterThan(0)
      expect(provider.openCalls).toBe(0)
    })

    test('a run whose end comes first leaves no timer behind', async ({ run, provider, expect }) => {
      provider.failNext(1, 'stall_with_pings')
      const work = () =>
        Promise.race([
          openai.chat.completions.create({ model: 'gpt-4o-mini', messages, stream: true }).then(async (stream) => {
            for await (const _ of stream);
          }),
          new Promise((done) => setTimeout(done, 60_000, 'over')),
        ])
      expect((await run({ vars: { work } })).result).toBe('over')
    })
  },
)
