import OpenAI from 'openai'
import { expect } from 'vitest'
import { describeOrchestration } from 'longhaul'

const client = new OpenAI({ apiKey: 'test', maxRetries: 0 })
const MODEL = 'gpt-3.5-turbo-instruct'
const system = async () => undefined

describeOrchestration(
  'legacy completions',
  { system, provider: { latency: '1s', replies: ({ prompt, choice }) => `${prompt.toUpperCase()}${choice}` } },
  (test) => {
    test('answer each prompt, n times, in one call', async ({ trace }) => {
      const { choices, usage } = await client.completions.create({ model: MODEL, prompt: ['a', 'b'], n: 2 })
      expect(choices.map(({ index, text }) => [index, text])).toEqual([
        [0, 'A0'],
        [1, 'A1'],
        [2, 'B2'],
        [3, 'B3'],
      ])
      expect(usage!.completion_tokens).toBeGreaterThan(3)
      expect(trace.ofType('call.arrived')).toHaveLength(1)
    })

    test('stream the answers to all prompts, each after its own where it is repeated', async () => {
      const texts = ['', '']
      const stream = await client.completions.create({ model: MODEL, prompt: ['a', 'b'], echo: true, stream: true })
      for await (const { choices } of stream) for (const { index, text } of choices) texts[index] += text
      expect(texts).toEqual(['aA0', 'bB1'])
    })

    test('take one list of tokens for one prompt, and lists of tokens for as many', async () => {
      const count = async (prompt: number[] | number[][]) =>
        (await client.completions.create({ model: MODEL, prompt })).choices.length
      expect(await count([1, 2, 3])).toBe(1)
      expect(await count([[1, 2], [3]])).toBe(2)
    })

    test('are refused where they are too many', async () => {
      const prompt = Array.from({ length: 2_000 }, () => 'a')
      await expect(client.completions.create({ model: MODEL, prompt, n: 2 })).rejects.toThrow('at most 2048 are given')
    })
  },
)
