import { expect, test } from 'vitest'
import { DEFAULT_CONTEXT_WINDOW, listedModel, listedModels } from '../../../src/money/index.ts'

const SONNET = 'anthropic.claude-sonnet-4-6'

test.each(['us', 'eu', 'mx', 'us-gov'])("a model of Bedrock's is known in the region %s", (region) => {
  expect(listedModel('bedrock', `${region}.${SONNET}`)!.prices).toEqual(listedModel('bedrock', SONNET)!.prices)
})

test('a model has its own price worldwide', () => {
  const price = (id: string) => listedModel('bedrock', id)!.prices.input as number
  expect(price(`global.${SONNET}`)).toBeLessThan(price(`us.${SONNET}`))
})

test.each(['gemini-flash-latest', 'gemini-flash-lite-latest', 'gemini-pro-latest'])(
  '%s is a model with a price',
  (id) => {
    expect(listedModel('google', id)!.prices.output).not.toBe(0)
  },
)

test.each(['gemini-2.5-pro', 'gemini-2.5-flash', 'gemini-3-pro-preview'])('%s reads a million tokens', (id) => {
  expect(listedModel('google', id)!.contextWindow).toBeGreaterThanOrEqual(1_000_000)
})

test.each([
  ['bedrock', 'us.nobody.nothing-v1:0'],
  ['bedrock', 'nothing'],
  ['google', 'gemini-0'],
  ['azure', 'our-own-deployment'],
])('%s does not know %s', (provider, id) => {
  expect(listedModel(provider, id)).toBeUndefined()
})

test('a model that the table has is told with its window and what its caches cost', () => {
  const sonnet = listedModel('anthropic', 'claude-sonnet-4-5')!
  expect(sonnet.contextWindow).toBe(200_000)
  const { input, cachedInput, cacheWrite, output } = sonnet.prices
  const base = (price: unknown): number => (typeof price === 'number' ? price : (price as { base: number }).base)
  // Source: https://docs.claude.com/en/docs/about-claude/pricing.
  expect([input, cachedInput, cacheWrite, output].map(base)).toEqual([3, 0.3, 3.75, 15])
})

test('a model without a cache has no price for one', () => {
  expect(Object.keys(listedModel('openai', 'gpt-4')!.prices)).toEqual(['input', 'output'])
})

test('a service that nobody has heard of has no models', () => {
  expect(listedModels('nobody')).toEqual([])
})

test('models are listed by name, each with a window', () => {
  const models = listedModels('google')
  expect(models.map(({ id }) => id)).toContain('gemini-2.5-pro')
  const window = (id: string) => models.find((model) => model.id === id)?.contextWindow
  expect(window('gemini-2.5-pro')).toBe(1_048_576)
  expect(models.every(({ contextWindow }) => contextWindow >= 1)).toBe(true)
  expect(listedModels('openai').some(({ contextWindow }) => contextWindow === DEFAULT_CONTEXT_WINDOW)).toBe(true)
})
