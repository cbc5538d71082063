import OpenAI from 'openai'
import { describeOrchestration, type SystemContext } from 'longhaul'

const client = new OpenAI({ apiKey: 'test', maxRetries: 0 })
const doing = ({ vars }: SystemContext) => (vars['work'] as () => Promise<unknown>)()

const request = { model: 'gpt-4o-mini', messages: [{ role: 'user' as const, content: 'A name for a ship?' }] }
const ask = (more: object = {}) => client.chat.completions.create({ ...request, ...more })
const asked = <Result>(work: () => Promise<Result>) => ({ vars: { work } })
const textsOf = ({ choices }: OpenAI.ChatCompletion) => choices.map(({ message }) => message.content!)

/** gpt-4o-mini takes $0.60 for a million tokens of output. */
const OUTPUT_PICODOLLARS = 600_000n

describeOrchestration('several answers to one question', { system: doing, provider: { latency: '5s' } }, (test) => {
  test('are numbered, differ, and the first is the one that a single answer would be', async ({ run, expect }) => {
    const completion = (await run(asked(() => ask({ n: 5 })))).result as OpenAI.ChatCompletion
    expect(completion.choices.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4])
    expect(new Set(textsOf(completion)).size).toBe(5)
    expect(completion.choices.every((choice) => choice.finish_reason === 'stop')).toBe(true)
  })

  test('are all billed, and their prompt once', async ({ run, provider, expect }) => {
    const { result } = await run(asked(async () => [await ask(), await ask({ n: 4 })]))
    const [one, four] = result as OpenAI.ChatCompletion[]
    expect(four!.usage!.prompt_tokens).toBe(one!.usage!.prompt_tokens)
    const { usage, cost } = provider.ledger.total
    expect(usage.output).toBe(one!.usage!.completion_tokens + four!.usage!.completion_tokens)
    expect(cost - BigInt(usage.input) * 150_000n).toBe(BigInt(usage.output) * OUTPUT_PICODOLLARS)
  })

  test('are streamed side by side, as the SDK puts them together', async ({ run, expect }) => {
    const work = async () => {
      const whole = await ask({ n: 3 })
      const stream = client.chat.completions.stream({ ...request, n: 3, stream_options: { include_usage: true } })
      const order: number[] = []
      for await (const chunk of stream) order.push(...chunk.choices.map(({ index }) => index))
      return { whole, streamed: await stream.finalChatCompletion(), order }
    }
    const outcome = await run(asked(work))
    const { whole, streamed, order } = outcome.result as {
      whole: OpenAI.ChatCompletion
      streamed: OpenAI.ChatCompletion
      order: number[]
    }
    expect(streamed.choices.map(({ index, finish_reason: finish }) => [index, finish])).toEqual([
      [0, 'stop'],
      [1, 'stop'],
      [2, 'stop'],
    ])
    expect(new Set(textsOf(streamed)).size).toBe(3)
    expect(streamed.usage!.completion_tokens).toBeGreaterThan(0)
    expect(order.slice(0, 6)).toEqual([0, 1, 2, 0, 1, 2])
    expect(whole.choices).toHaveLength(3)
    // The SDK begins a stream by a timer of zero, which is a millisecond.
    expect(outcome).toHaveElapsed({ atLeast: '10s', atMost: '10.001s' })
  })

  test('are as many as 128, and no more', async ({ run, expect }) => {
    const work = async () => [
      (await ask({ n: 128 })).choices.length,
      await ask({ n: 129 }).catch((error: Error) => error.message),
      await ask({ n: 0 }).catch((error: Error) => error.message),
    ]
    expect((await run(asked(work))).result).toEqual([
      128,
      expect.stringContaining("Invalid 'n': integer above maximum value. Expected a value <= 128, but got 129"),
      expect.stringContaining("Invalid 'n': integer below minimum value. Expected a value >= 1, but got 0"),
    ])
  })

  test('call tools each by an id of its own', async ({ run, expect }) => {
    const tools = [{ type: 'function', function: { name: 'launch', parameters: { type: 'object', properties: {} } } }]
    const work = () => ask({ n: 3, tools, tool_choice: 'required' })
    const { choices } = (await run(asked(work))).result as OpenAI.ChatCompletion
    expect(new Set(choices.flatMap(({ message }) => message.tool_calls!.map(({ id }) => id))).size).toBe(3)
  })

  test('are each cut at the limit of tokens', async ({ run, expect }) => {
    const { choices, usage } = (await run(asked(() => ask({ n: 2, max_tokens: 4 })))).result as OpenAI.ChatCompletion
    expect(choices.map((choice) => choice.finish_reason)).toEqual(['length', 'length'])
    expect(usage!.completion_tokens).toBe(8)
  })
})

describeOrchestration(
  'several answers that a test says',
  {
    system: doing,
    provider: {
      latency: '1s',
      replies: [
        { content: 'vote', reply: ['yes', 'no', 'yes', 'perhaps'] },
        { content: 'count', reply: ({ choice, nth }) => `${nth}.${choice}` },
        { content: 'later', reply: async ({ choice }) => `later ${choice}` },
        { content: 'same', reply: 'the same' },
      ],
    },
  },
  (test) => {
    const say = async (content: string, n: number) => textsOf(await ask({ n, messages: [{ role: 'user', content }] }))

    test('take the lines of a script one after another', async ({ run, expect }) => {
      const work = async () => [await say('vote', 3), await say('vote', 2)]
      expect((await run(asked(work))).result).toEqual([
        ['yes', 'no', 'yes'],
        ['perhaps', 'perhaps'],
      ])
    })

    test('are each asked of a function', async ({ run, expect }) => {
      const work = async () => [...(await say('count', 2)), ...(await say('later', 2)), ...(await say('same', 2))]
      expect((await run(asked(work))).result).toEqual(['0.0', '0.1', 'later 0', 'later 1', 'the same', 'the same'])
    })
  },
)
