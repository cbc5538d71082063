import { expect, test } from 'vitest'
import { InvalidProviderConfigError, type ProviderConfig } from '../../../../src/provider/index.ts'
import { provide } from '../provider-under-test.ts'

/** What is told of a set-up that cannot be. */
function refusal(config: unknown): string {
  try {
    provide(config as ProviderConfig).clock.stop()
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidProviderConfigError)
    expect(error).toMatchObject({ name: 'InvalidProviderConfigError', code: 'LONGHAUL_INVALID_PROVIDER' })
    return (error as Error).message
  }
  return ''
}

test.each<[unknown, string]>([
  [{ latencyScale: -1 }, 'Give a factor that is not negative, such as 0.5.'],
  [{ faults: { hang: -1 } }, 'Give a weight that is not negative, such as 1.'],
  [{ faults: { hang: 0 } }, 'Give one fault at least a weight above 0.'],
  [{ agents: 7 }, 'Give an object'],
  [{ services: { openai: { idempotency: 'yes' } } }, 'Give true or false.'],
  [{ identify: 'ann' }, 'Give a function.'],
  [
    { models: { own: { contextWindow: 0 } } },
    'Give the tokens of a prompt and its answer, as a whole number of at least 1.',
  ],
  [
    { models: { own: { prices: { input: -1, output: 1 } } } },
    'Give US dollars per million tokens, as a number that is not negative.',
  ],
  [
    { models: { own: { speed: { timeToFirstToken: 1, tokensPerSecond: 0 } } } },
    'Give tokens per second as a finite number above 0.',
  ],
  [{ replies: [{ content: 7, reply: 'x' }] }, 'Give a text that the newest message contains, or a pattern.'],
  [{ replies: [{ turn: 0, reply: 'x' }] }, 'Give 1 for the first turn, 2 for the second turn, and so on.'],
  [
    { windows: [{ fromMs: 'soon', forMs: 1, rate: 1, mix: {}, slowFactor: 1 }] },
    'provider.windows[0].fromMs is "soon"',
  ],
])('%j is refused with what to give', (config, message) => {
  expect(refusal(config)).toContain(message)
})

test.each<ProviderConfig>([
  { latencyScale: 0 },
  { faults: { hang: 0, reset: 1 } },
  { models: { own: { contextWindow: 1, prices: { input: 0, output: 0 } } } },
  { replies: [{ turn: 1, content: /x/, reply: 'x' }] },
  {
    models: {
      own: { prices: { input: { base: 1, tiers: [{ start: 0, price: 2 }] }, output: 0 } },
    },
  },
])('%j can be', (config) => {
  expect(refusal(config)).toBe('')
})
