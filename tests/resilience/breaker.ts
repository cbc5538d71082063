import { lognormal, outage } from '../../src/index.ts'
import { atLeast, atMost, pattern, runWith, seedsUpTo, type Figure, type Ran } from './runs.ts'
import { strategy } from '../given/strategy.ts'

const latency = lognormal({ median: '4s', p95: '12s' })
const MAIN = 'openai/gpt-4o-mini'

const openings = ({ trace }: Ran): number =>
  trace.ofType('breaker.changed').filter(({ state, target }) => state === 'open' && target === MAIN).length

/** A healthy service that fails now and then, and a burst of calls. */
export async function burst(seeds: number): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const faults of [undefined, { server_error: 1 }]) {
    let opened = 0
    let missing = 0
    let asked = 0
    for (const agents of [8, 20, 40, 80])
      for (const seed of seedsUpTo(seeds)) {
        const ran = await runWith(
          {
            pattern: pattern(agents, 'GATHER votes FROM agents WITH prompt: "Your view?", timeout: 10m, at_least: 0'),
            provider: { latency, failRate: 0.2, ...(faults && { faults }) },
          },
          seed,
        )
        opened += openings(ran)
        missing += ran.outcome.gather('votes').missing.length
        asked += agents
      }
    const mix = faults ? 'server errors alone' : 'the usual mix'
    figures.push(
      atMost(`openings at a fail rate of 0.2, ${mix}, a gather of 8, 20, 40, 80 agents`, 0, opened),
      atMost(`share of agents that are missing then, ${mix}`, 0.02, missing / asked),
    )
  }
  return figures
}

const OUTAGE_MS = 30_000

/** A real outage: calls that begin after it has, until the breaker opens. */
export async function realOutage(seeds: number): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const agents of [1, 3, 8, 40]) {
    let most = 0
    let opened = 0
    for (const seed of seedsUpTo(seeds)) {
      const { trace } = await runWith(
        {
          pattern: pattern(
            agents,
            `FOR i IN 1..${agents <= 3 ? 40 : 12}:\n  GATHER votes FROM agents WITH prompt: "Round {{i}}?", timeout: 1m, at_least: 0`,
          ),
          orchestrator: { failover: ['claude-haiku-4-5'], conversationTokens: 100 },
          provider: { latency, windows: [outage({ from: OUTAGE_MS, for: '1h', service: 'openai' })] },
        },
        seed,
      )
      const opening = trace.ofType('breaker.changed').find(({ state, target }) => state === 'open' && target === MAIN)
      if (!opening) continue
      opened += 1
      const begun = trace
        .ofType('call.arrived')
        .filter(({ at, seq, provider }) => provider === 'openai' && at >= OUTAGE_MS && seq < opening.seq).length
      most = Math.max(most, begun)
    }
    figures.push(
      atMost(`calls of ${agents} agent(s) in an outage until the breaker opens`, agents <= 3 ? 10 : 2.5 * agents, most),
      atLeast(`outages of ${agents} agent(s) that open it`, seeds, opened),
    )
  }
  return figures
}

/** A service that hangs, and gathers that are shorter than the time limit of a call. */
export async function hanging(seeds: number): Promise<Figure[]> {
  let most = 0
  let least = 60
  for (const seed of seedsUpTo(seeds)) {
    const { trace } = await runWith(
      {
        pattern: pattern(
          3,
          strategy`
            FOR i IN 1..60:
              GATHER votes FROM agents WITH prompt: "Round {{i}}?", timeout: 20s, at_least: 0
          `,
        ),
        orchestrator: { failover: ['claude-haiku-4-5'], conversationTokens: 100 },
        provider: { latency, windows: [outage({ from: 0, for: '10h', service: 'openai', fault: 'hang' })] },
      },
      seed,
    )
    const opening = trace.ofType('breaker.changed').find(({ state }) => state === 'open')
    const calls = trace
      .ofType('call.arrived')
      .filter(({ seq, provider }) => provider === 'openai' && seq < (opening?.seq ?? Infinity))
    most = Math.max(most, calls.length)
    const full = trace.ofType('gather.ended').filter(({ missing }) => missing.length === 0).length
    least = Math.min(least, full)
  }
  return [
    atMost('calls to a service that hangs until its breaker opens, gathers of 20 s', 12, most),
    atLeast('of 60 such gathers, those that are answered in full elsewhere', 40, least),
  ]
}
