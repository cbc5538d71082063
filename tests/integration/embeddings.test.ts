import OpenAI from 'openai'
import { describeOrchestration } from 'longhaul'

const client = new OpenAI({ apiKey: 'test' })
const MODEL = 'text-embedding-3-small'

const cosine = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, index) => sum + value * b[index]!, 0)

describeOrchestration(
  'embeddings by the official SDK',
  {
    provider: { failRate: 0 },
    system: async () => {
      const { data, usage } = await client.embeddings.create({
        model: MODEL,
        input: ['the weather in Paris today', 'the weather in Paris tomorrow', 'a recipe for onion soup'],
      })
      return { vectors: data.map(({ embedding }) => embedding), usage }
    },
  },
  (test) => {
    test('are vectors of unit length, near for texts that share words', async ({ run, expect }) => {
      const { vectors } = (await run()).result!
      const [today, tomorrow, soup] = vectors as [number[], number[], number[]]
      expect(today).toHaveLength(1_536)
      expect(cosine(today, today)).toBeCloseTo(1, 5)
      expect(cosine(today, tomorrow)).toBeGreaterThan(0.7)
      expect(Math.abs(cosine(today, soup))).toBeLessThan(0.3)
    })

    test('are billed by their input alone, and take no more time than embeddings do', async ({ run, expect }) => {
      const outcome = await run()
      // $0.02 for a million tokens.
      expect(outcome.ledger.total.cost).toBe(BigInt(outcome.result!.usage.prompt_tokens) * 20_000n)
      expect(outcome.ledger.total.usage.output).toBe(0)
      expect(outcome).toHaveElapsed({ atLeast: '200ms', atMost: '200ms' })
    })

    test('as floats, as base64, and shortened they are the same direction', async ({ expect }) => {
      const ask = async (more: { encoding_format?: 'float' | 'base64'; dimensions?: number }) =>
        (await client.embeddings.create({ model: MODEL, input: 'x y z', ...more })).data[0]!.embedding
      const floats = await ask({ encoding_format: 'float' })
      const decoded = await ask({})
      expect(cosine(floats, decoded)).toBeCloseTo(1, 5)
      expect(await ask({ encoding_format: 'float', dimensions: 64 })).toHaveLength(64)
    })

    test('a wrong request gets the service’s 400', async ({ expect }) => {
      await expect(client.embeddings.create({ model: MODEL, input: [] })).rejects.toMatchObject({ status: 400 })
      await expect(client.embeddings.create({ model: MODEL, input: 'x', dimensions: 1.5 })).rejects.toBeInstanceOf(
        OpenAI.BadRequestError,
      )
    })
  },
)

describeOrchestration(
  'embeddings of a service with a latency',
  {
    provider: { latency: '2s', models: { 'text-embedding-3-large': { latency: '300ms' } } },
    system: async ({ vars }) => client.embeddings.create({ model: vars['model'] as string, input: 'x' }),
  },
  (test) => {
    test('take as long, unless their model has one of its own', async ({ run, expect }) => {
      expect(await run({ vars: { model: MODEL } })).toHaveElapsed({ atLeast: '2s', atMost: '2s' })
      const outcome = await run({ vars: { model: 'text-embedding-3-large' } })
      expect(outcome).toHaveElapsed({ atLeast: '300ms', atMost: '300ms' })
    })
  },
)
