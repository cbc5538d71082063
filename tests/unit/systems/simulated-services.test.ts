import { afterEach, describe, expect, test } from 'vitest'
import { startSimulatedClock, type Clock } from '../../../src/clock/index.ts'
import { readLatency, SimulatedServices } from '../../../src/systems/simulated-services.ts'

const quantiles = (text: string): number[] => {
  const latency = readLatency(text)
  return typeof latency === 'object' ? [0, 1 - 2 ** -53].map((u) => Math.round(latency.quantile(u))) : [Number(latency)]
}

describe('how long answers take', () => {
  test.each([
    ['fast', [1_000, 3_000]],
    ['slow', [20_000, 30_000]],
    ['timeout', [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]],
    ['8s', [8_000]],
    ['250', [250]],
    ['2s..30s', [2_000, 30_000]],
    [' 2s .. 3s ', [2_000, 3_000]],
    ['100..200', [100, 200]],
  ])('%j', (text, expected) => {
    expect(quantiles(text)).toEqual(expected)
  })

  test.each(['', 'sluggish', '3s..2s', '2s..', 'toString', '-1'])('%j cannot be read', (text) => {
    expect(() => readLatency(text)).toThrow(expect.objectContaining({ code: 'LONGHAUL_INVALID_LATENCY' }))
    expect(() => readLatency(text)).toThrow(`${JSON.stringify(text)} is not a valid latency.`)
  })

  test('a word that is nearly one is told of', () => {
    expect(() => readLatency('slwo')).toThrow('Did you mean "slow"? Give fast, slow, timeout,')
  })
})

/** Whether a call has a status of a failure, or none. */
const failed = (ask: () => Promise<{ status: number }>): Promise<boolean> =>
  ask().then(
    ({ status }) => status !== 200,
    () => true,
  )

describe('simulated services', () => {
  let clock: Clock | undefined
  afterEach(() => clock?.stop())

  function simulated() {
    clock = startSimulatedClock({ mode: { kind: 'virtual' }, tell: () => {} })
    const simulation = new SimulatedServices({ latency: '2s', clock })
    const { openai } = simulation.services
    const ask = (agent: string, run: string, nth = 1) =>
      clock!.supervise(async () => {
        const from = clock!.now()
        const response = await openai!.fetch!(`${openai!.baseURL}/chat/completions`, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            'idempotency-key': `${run}/${nth}`,
            authorization: 'Bearer none',
          },
          body: JSON.stringify({
            model: 'gpt-4o-mini',
            user: agent,
            messages: [
              { role: 'system', content: 'You are helpful.' },
              { role: 'user', content: 'Your view?' },
            ],
          }),
        })
        await response.text()
        return { status: response.status, ms: clock!.now() - from }
      })
    return { simulation, ask }
  }

  test('answer after the latency that is set', async () => {
    const { ask } = simulated()
    expect(await ask('ann', 'orch_1')).toEqual({ status: 200, ms: 2_000 })
  })

  test('bill each run apart, until it is forgotten', async () => {
    const { simulation, ask } = simulated()
    await ask('ann', 'orch_1')
    expect(simulation.billed('orch_1')).toBeGreaterThan(0n)
    expect(simulation.billed('orch_2')).toBe(0n)
    simulation.forget('orch_1')
    expect(simulation.billed('orch_1')).toBe(0n)
  })

  test('answer an agent at its own pace, and let as many of its calls fail as is said', async () => {
    const { simulation, ask } = simulated()
    simulation.know((run, agent) => {
      if (run !== 'orch_1') return undefined
      return { responseTime: agent === 'slow' ? '25s' : undefined, failRate: agent === 'broken' ? 1 : undefined }
    })
    expect(await ask('slow', 'orch_1')).toEqual({ status: 200, ms: 25_000 })
    expect(await ask('ann', 'orch_1')).toEqual({ status: 200, ms: 2_000 })
    expect(await ask('slow', 'orch_2')).toEqual({ status: 200, ms: 2_000 })
    const failures = await Promise.all(
      Array.from({ length: 5 }, (_, nth) => failed(() => ask('broken', 'orch_1', nth))),
    )
    expect(failures).toEqual([true, true, true, true, true])
  })

  test('refuse agents whose pace cannot be read', () => {
    const { simulation } = simulated()
    const agent = (vars: object) => ({ name: 'ann', vars }) as unknown as Parameters<typeof simulation.check>[0][number]
    expect(() =>
      simulation.check([agent({}), agent({ response_time: 'fast' }), agent({ response_time: 8 })]),
    ).not.toThrow()
    expect(() => simulation.check([agent({ response_time: 'sometimes' })])).toThrow(
      /^The agent ann: response_time: "sometimes" is not a valid latency/,
    )
  })
})
