import { expect, test } from 'vitest'
import { provide } from './provider-under-test.ts'

const WORDS = (count: number): string => 'word '.repeat(count)
const asked = (text: string) => ({
  messages: [{ role: 'user' as const, text, toolCalls: [], cacheBreakpoint: false }],
  model: 'own',
  stream: true,
})

async function firstTokens(speed: object, prompts: readonly string[]): Promise<number[]> {
  const { ask, trace, clock } = provide({
    replies: 'Yes.',
    models: { own: { speed: { timeToFirstToken: '400ms', tokensPerSecond: 50, ...speed } } },
  })
  for (const prompt of prompts) await ask(asked(prompt))
  clock.stop()
  return trace.ofType('call.firstToken').map(({ afterMs }) => afterMs)
}

test('the first token waits for the prompt to be read', async () => {
  const [short, long] = await firstTokens({ prefillTokensPerSecond: 1_000 }, ['Hello', WORDS(3_000)])
  expect(short).toBeLessThan(420)
  expect(long).toBeGreaterThan(3_400)
  expect(long).toBeLessThan(3_450)
})

test('what the prompt cache has is not read again', async () => {
  const [first, again] = await firstTokens({ prefillTokensPerSecond: 1_000 }, [WORDS(3_000), WORDS(3_000)])
  expect(first).toBeGreaterThan(3_400)
  expect(again).toBeLessThan(700)
})

test('a model that says nothing of it reads at once', async () => {
  expect(await firstTokens({}, ['Hello', WORDS(3_000)])).toEqual([400, 400])
})
