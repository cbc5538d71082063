import { expect, test } from 'vitest'
import { listedModel } from '../../../src/money/index.ts'

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
