import { constant } from '../../src/index.ts'
import { atLeast, atMost, pattern, runWith, seedsUpTo, type Figure } from './runs.ts'
import { strategy } from '../given/strategy.ts'

const ROUNDS = strategy`
  FOR i IN 1..20:
    GATHER votes FROM agents WITH prompt: "Round {{i}}?", timeout: 1m, at_least: 0
`

/** A model that nobody knows the price of, and a budget. */
export async function unpriced(seeds: number): Promise<Figure[]> {
  let called = 0
  let said = 0
  for (const seed of seedsUpTo(seeds)) {
    const { trace } = await runWith(
      {
        pattern: pattern(3, ROUNDS),
        orchestrator: { model: 'house-model', budget: { limit: '0.01' } },
        provider: {
          latency: constant('3s'),
          failRate: 0,
          models: { 'house-model': { prices: { input: 5, output: 10 } } },
        },
      },
      seed,
    )
    called += trace.ofType('call.arrived').length
    said += Number(trace.ofType('budget.refused').length > 0)
  }
  return [
    atMost('calls to a model without a price, under a budget', 0, called),
    atLeast('runs whose trace says that they were refused', seeds, said),
  ]
}

/** The model that stands in when money is tight is the model itself. */
export async function sameFallback(seeds: number): Promise<Figure[]> {
  let events = 0
  let calls = 0
  for (const seed of seedsUpTo(seeds)) {
    const { trace } = await runWith(
      {
        pattern: pattern(3, ROUNDS),
        orchestrator: { budget: { limit: '0.005', fallbackAt: 0.001, fallbackModel: 'openai/gpt-4o-mini' } },
        provider: { latency: constant('3s'), failRate: 0 },
      },
      seed,
    )
    events += trace.ofType('model.fellBack').length
    calls += trace.ofType('call.arrived').length
  }
  return [
    atMost('models that are said to be replaced by themselves', 0, events),
    atLeast('calls in these runs', seeds, calls),
  ]
}
