import OpenAI from 'openai'
import { describe, expect, test } from 'vitest'
import { InvalidPredictionError, predict, uniform, type OrchestrationOptions } from 'longhaul'
import { sharedVariance } from '../../../src/reality/drivers.ts'
import { observe } from '../../../src/reality/index.ts'

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
    expect(of.seconds.most[0]).toBeGreaterThanOrEqual(1)
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
    const within = fresh.filter(({ cost }) => cost >= of.cost.most[0] && cost <= of.cost.most[1]).length
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
