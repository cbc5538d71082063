import OpenAI from 'openai'
import { actAs, describeOrchestration } from 'longhaul'

const client = new OpenAI({ apiKey: 'test' })
const once = new OpenAI({ apiKey: 'test', maxRetries: 0 })
const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))

const sample = (of = client, signal?: AbortSignal): Promise<unknown> =>
  actAs('ann', () =>
    of.chat.completions.create(
      { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Roll a die.' }] },
      signal && { signal },
    ),
  )
const set = { agents: ['ann'], provider: { failRate: 0, latency: '4s', retryAfter: '20s' } } as const

describeOrchestration(
  'a second sample of a prompt, drawn while the client of the first one waits to retry',
  { ...set, system: () => Promise.all([sample(), sleep(1_000).then(() => sample())]) },
  (test) => {
    test('is no retry; the client’s own is one, and has waited', async ({ run, provider, expect }) => {
      provider.failNext(1, 'rate_limited')
      const outcome = await run()
      expect(outcome.calls.map(({ retryOf, attempt }) => [retryOf, attempt])).toEqual([
        [undefined, 1],
        [undefined, 1],
        [1, 2],
      ])
      expect(outcome.agents).toMatchObject([{ calls: 3, retries: 1 }])
    })
  },
)

describeOrchestration(
  'a loop around the client that marks each try',
  {
    ...set,
    async system() {
      for (let tries = 0; tries < 3; tries++) {
        const marks = { metadata: { request_id: crypto.randomUUID() }, user: `try ${tries}` }
        const ask = () =>
          once.chat.completions.create({
            model: 'gpt-4o-mini',
            messages: [{ role: 'user', content: 'Roll a die.' }],
            ...marks,
          })
        if (await actAs('ann', ask).catch(() => undefined)) return
        await sleep(30_000)
      }
    },
  },
  (test) => {
    test('is seen to try again', async ({ run, provider, expect }) => {
      provider.failNext(2, 'rate_limited')
      const outcome = await run()
      expect(outcome.calls.map(({ retryOf }) => retryOf)).toEqual([undefined, 1, 2])
    })
  },
)

describeOrchestration(
  'samples of one prompt, two at a time, without retries',
  {
    ...set,
    async system() {
      let left = 5
      const lane = async (): Promise<void> => {
        while (left-- > 0) await sample(once).catch(() => {})
      }
      await Promise.all([lane(), lane()])
    },
  },
  (test) => {
    test('one that fails lets the next begin, which is no retry', async ({ run, provider, expect }) => {
      provider.failNext(1, 'rate_limited')
      const outcome = await run()
      expect(outcome.agents).toMatchObject([{ calls: 5, failed: 1, retries: 0 }])
    })
  },
)

describeOrchestration(
  'hedged requests, round after round',
  {
    ...set,
    async system() {
      for (let round = 0; round < 20; round++) {
        const winner = new AbortController()
        const calls = [sample(once, winner.signal), sleep(3_000).then(() => sample(once, winner.signal))]
        await Promise.any(calls)
        winner.abort()
        await Promise.allSettled(calls)
      }
    },
  },
  (test) => {
    test('who has lost is not tried again by the next round', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome.agents).toMatchObject([{ calls: 40, failed: 20, retries: 0 }])
    })
  },
)

describeOrchestration(
  'a reader that takes the beginning of each stream',
  {
    ...set,
    async system() {
      for (let round = 0; round < 20; round++) {
        const stream = await actAs('ann', () =>
          once.chat.completions.create({
            model: 'gpt-4o-mini',
            messages: [{ role: 'user', content: 'Tell a story.' }],
            stream: true,
          }),
        )
        for await (const _ of stream) break
      }
    },
  },
  (test) => {
    test('does not retry the ones that it has left', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome.agents).toMatchObject([{ calls: 20, failed: 20, retries: 0 }])
    })
  },
)

describeOrchestration(
  'a client that gives up after a time, and a loop around it',
  {
    ...set,
    async system() {
      for (let attempt = 0; attempt < 3; attempt++) await sample(once, AbortSignal.timeout(2_000)).catch(() => {})
    },
  },
  (test) => {
    test('tries again, and is counted so', async ({ run, expect }) => {
      const { calls } = await run()
      expect(calls.map(({ attempt }) => attempt)).toEqual([1, 2, 3])
    })
  },
)
