import OpenAI from 'openai'
import { describe, expect, test } from 'vitest'
import { InvalidPredictionError, predict, uniform, type OrchestrationOptions } from 'longhaul'
import { sharedVariance } from '../../../src/reality/drivers.ts'
import { modelsText, observe, predictionText } from '../../../src/reality/index.ts'

const client = new OpenAI({ apiKey: 'test', maxRetries: 5 })
const messages = [{ role: 'user' as const, content: 'Go on.' }]

/** Asks again with a chance of a half, up to eight times. */
const stubborn: OrchestrationOptions<number> = {
  system: async () => {
    let asked = 0
    do {
      await client.chat.completions.create({ model: 'gpt-4o', messages })
      asked += 1
    } while (Math.random() < 0.5 && asked < 8)
    return asked
  },
  provider: { latency: uniform('1s', '3s'), replies: 'Yes, of course.' },
}

describe('a prediction', () => {
  test('tells cost, time, calls and what the cost goes with', async () => {
    const of = await predict('stubborn', stubborn, { runs: 60 })
    expect(of.completed).toBe(1)
    expect(of.calls.mean).toBeGreaterThan(1)
    expect(of.calls.mean).toBeLessThan(3)
    expect(of.cost.median).toBeGreaterThan(0)
    expect(of.seconds.interval90[0]).toBeGreaterThanOrEqual(1)
    expect(of.budget99).toBeGreaterThanOrEqual(of.cost.median)
    expect(of.monthly[10]).toBeCloseTo(of.cost.mean * 300, 10)
    // Each call costs the same: their number is all that the cost goes with.
    expect(of.drivers[0]).toMatchObject({ what: expect.stringMatching(/^calls/) as string })
    expect(of.drivers[0]!.share).toBeCloseTo(1, 5)
  })

  test('is the same for the same seeds', async () => {
    const options = { runs: 10, firstSeed: 7 }
    expect(await predict('stubborn', stubborn, options)).toEqual(await predict('stubborn', stubborn, options))
  })

  test('holds for fresh seeds: nine of ten are within its interval, its mean is theirs', async () => {
    const of = await predict('stubborn', stubborn, { runs: 100 })
    const fresh = []
    for (let seed = 10_001; seed <= 10_100; seed++) fresh.push(await observe('stubborn', stubborn, seed))
    const within = fresh.filter(({ cost }) => cost >= of.cost.interval90[0] && cost <= of.cost.interval90[1]).length
    expect(within).toBeGreaterThanOrEqual(85)
    const mean = fresh.reduce((sum, { cost }) => sum + cost, 0) / fresh.length
    expect(Math.abs(mean / of.cost.mean - 1)).toBeLessThan(0.25)
  })

  test('counts what a run that fails has cost', async () => {
    const failing: OrchestrationOptions = {
      system: async () => {
        await client.chat.completions.create({ model: 'gpt-4o', messages })
        throw new Error('no')
      },
      provider: { latency: '1s' },
    }
    const of = await predict('failing', failing, { runs: 10 })
    expect(of.completed).toBe(0)
    expect(of.cost.mean).toBeGreaterThan(0)
    expect(of.failure).toEqual({ message: 'no', runs: 10 })
  })

  test('tells the most frequent failure, also of a run that is stuck, and none where all runs complete', async () => {
    const text = 'name: one\nagents: { ann: {} }\norchestration_logic:\n  strategy: |\n    x = CALL rate(2)\n'
    const pattern = { text }
    const of = await predict('one', { pattern }, { runs: 10 })
    expect(predictionText('one', of)).toMatch(
      /^one: 10 runs, 0 % complete\n\n10 of the 10 runs failed with: .*there is no function "rate"/,
    )
    expect(modelsText('one', { 'gpt-4o': of })).toMatch(/\n\ngpt-4o: 10 of the 10 runs failed with: .*"rate"/)
    const whole = await predict('one', { pattern, orchestrator: { functions: { rate: () => 1 } } }, { runs: 10 })
    expect(whole).not.toHaveProperty('failure')
    expect(predictionText('one', whole)).not.toContain('failed with')
    let nth = 0
    const odd: OrchestrationOptions = {
      system: () => {
        nth += 1
        if (nth % 3 === 0) return new Promise(() => {})
        return nth > 7 ? Promise.reject(new Error('late')) : Promise.resolve(1)
      },
    }
    const some = await predict('odd', odd, { runs: 10 })
    expect(some).toMatchObject({ completed: 0.5, failure: { runs: 3, message: expect.stringMatching(/./) as string } })
    expect(predictionText('odd', some)).toContain('5 of the 10 runs failed, 3 of them with: ')
  })

  test('compares models: the same pattern on each, with the same seeds', async () => {
    const text = `name: one
agents: { ann: { model: gpt-4-turbo }, ben: {} }
orchestration_logic:
  strategy: |
    GATHER all FROM agents WITH prompt: "Go on."
`
    const options = { pattern: { text }, provider: { latency: uniform('1s', '9s'), failRate: 0.2 } }
    const of = await predict('one', options, { runs: 10, models: ['gpt-4o-mini', 'gpt-4o', 'haiku'] })
    expect(Object.keys(of)).toEqual(['gpt-4o-mini', 'gpt-4o', 'haiku'])
    // Both have the same tokenizer: what differs is the price alone.
    expect(of['gpt-4o']!.inputTokens).toEqual(of['gpt-4o-mini']!.inputTokens)
    expect(of['gpt-4o']!.cost.mean / of['gpt-4o-mini']!.cost.mean).toBeCloseTo(2.5 / 0.15, 5)
    expect(of['gpt-4o']!.seconds).toEqual(of['gpt-4o-mini']!.seconds)
    expect(of['haiku']!.completed).toBe(1)
    expect(modelsText('one', of)).toMatch(/^gpt-4o +\$0/m)
  })

  test('refuses a model that nobody knows, before anything runs', async () => {
    const options = { pattern: 'semantic_test' }
    await expect(predict('one', options, { models: ['gpt-4o', 'gtp-4o-mini'] })).rejects.toThrow(
      'models has "gtp-4o-mini", which is in no price table. Did you mean "gpt-4o-mini"?',
    )
    await expect(predict('stubborn', stubborn, { models: ['gpt-4o'] })).rejects.toThrow(/is a function/)
    await expect(predict('one', options, { models: [] })).rejects.toBeInstanceOf(InvalidPredictionError)
  })

  test('takes models with prices of their own', async () => {
    const prices = { input: 1, output: 1 }
    const provider = { models: { mine: { prices } } }
    const options = { pattern: 'semantic_test', provider, orchestrator: { prices: { mine: prices } } }
    const { mine } = await predict('one', options, { runs: 10, models: ['mine'] })
    expect(mine!.completed).toBe(1)
    expect(mine!.cost.mean).toBeGreaterThan(0)
  })

  test('says where it stands on too few runs to tell what 99 of 100 stay under', async () => {
    const few = await predict('stubborn', stubborn, { runs: 20 })
    expect(predictionText('one', few)).toMatch(
      /The most expensive of the 20 runs costs .*\. A bound for 99 % of the runs needs at least 99 runs/,
    )
    expect(predictionText('one', { ...few, runs: 99 })).toMatch(/99 % of the runs cost less than/)
  })

  test('needs ten runs', async () => {
    await expect(predict('stubborn', stubborn, { runs: 3 })).rejects.toBeInstanceOf(InvalidPredictionError)
  })
})

test('what is shared is the square of the correlation', () => {
  expect(sharedVariance([1, 2, 3], [2, 4, 6])).toBeCloseTo(1)
  expect(sharedVariance([1, 2, 3], [6, 4, 2])).toBeCloseTo(1)
  expect(sharedVariance([1, 1, 1], [6, 4, 2])).toBe(0)
  expect(sharedVariance([1, 2, 1, 2], [1, 1, 2, 2])).toBeCloseTo(0)
})
