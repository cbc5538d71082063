import { describe, expect, test } from 'vitest'
import { applyCase } from '../../../src/explore/index.ts'
import { never, uniform, type ProviderConfig } from '../../../src/provider/index.ts'

/** Latencies by their kinds, as their draws are functions. */
const kinds = (provider: ProviderConfig): unknown =>
  JSON.parse(
    JSON.stringify(applyCase({ provider }, { seed: 1, latency: '2s' }).provider, (key, value: unknown) =>
      key === 'latency' ? (value as { kind: string }).kind : value,
    ),
  )

describe('a case with a simple latency', () => {
  const slow = uniform('1s', '9s')

  test('has it for all that has a latency of its own: agents, models, services', () => {
    const own = { latency: slow, failRate: 0.5 }
    const provider = { latency: slow, agents: { ann: own, ben: {} }, models: { m: own }, services: { openai: own } }
    expect(kinds(provider)).toEqual({
      latency: 'constant',
      agents: { ann: { latency: 'constant', failRate: 0.5 }, ben: {} },
      models: { m: { latency: 'constant', failRate: 0.5 } },
      services: { openai: { latency: 'constant', failRate: 0.5 } },
    })
  })

  test('has it for services by their former name too', () => {
    const provider = { providers: { openai: { latency: slow } } }
    expect(kinds(provider)).toMatchObject({
      services: { openai: { latency: 'constant' } },
    })
  })

  test('leaves those alone that never answer', () => {
    const provider = { latency: slow, agents: { silent: { latency: never() } } }
    expect(kinds(provider)).toMatchObject({
      agents: { silent: { latency: 'never' } },
    })
  })
})
