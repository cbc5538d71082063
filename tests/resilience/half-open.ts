import { brownout, lognormal, outage } from '../../src/index.ts'
import type { Trace } from '../../src/trace/index.ts'
import { atLeast, atMost, pattern, runWith, seedsUpTo, type Figure } from './runs.ts'

const MAIN = 'openai/gpt-4o-mini'
const HEALTHY_FROM_MS = 15 * 60_000

/** Closings of the main model's breaker without an answer of that model at the same moment. */
function baseless(trace: Trace): number {
  const answered = new Set(
    trace.ofType('call.ended').flatMap(({ call, at }) => {
      const arrived = trace.ofType('call.arrived').find((each) => each.call === call)
      return arrived && `${arrived.provider}/${arrived.model}` === MAIN ? [at] : []
    }),
  )
  return trace
    .ofType('breaker.changed')
    .filter(({ state, target, at }) => state === 'closed' && target === MAIN && !answered.has(at)).length
}

/** Trials that end by a failure, a limit, a missed deadline, a cancellation or the budget close nothing; an answer does. */
export async function halfOpen(seeds: number): Promise<Figure[]> {
  let closings = 0
  let closed = 0
  let longestMs = 0
  for (const seed of seedsUpTo(seeds)) {
    const { trace } = await runWith(
      {
        pattern: pattern(
          4,
          `FOR i IN 1..80:
  GATHER votes FROM agents WITH prompt: "Round {{i}}?", timeout: 10s, at_least: 0, enough: 3
  WAIT 5s`,
        ),
        orchestrator: { breaker: { openFor: '30s' }, callTimeout: '10m', conversationTokens: 100 },
        provider: {
          latency: lognormal({ median: '2s', p95: '4s' }),
          failRate: 0,
          windows: [
            outage({ from: 0, for: '3m', service: 'openai' }),
            outage({ from: '3m', for: '4m', service: 'openai', fault: 'rate_limited' }),
            outage({ from: '7m', for: '4m', service: 'openai', fault: 'hang' }),
            brownout({ from: '11m', for: '4m', service: 'openai', failRate: 1, slow: 10 }),
          ],
        },
      },
      seed,
    )
    closings += baseless(trace)
    closed += Number(
      trace.ofType('breaker.changed').some(({ state, at }) => state === 'closed' && at >= HEALTHY_FROM_MS),
    )
    const ends = new Map(trace.ofType('gather.ended').map(({ gather, at }) => [gather, at]))
    for (const { gather, at } of trace.ofType('gather.started'))
      longestMs = Math.max(longestMs, (ends.get(gather) ?? at) - at)
  }
  return [
    atMost('breakers that were closed without an answer: trials refused, limited, hung, cancelled', 0, closings),
    atMost('longest gather of 10 s while another’s trial hangs, in seconds', 10, longestMs / 1_000),
    atLeast('runs in which the breaker closes once the service is back', seeds, closed),
  ]
}

/** A trial that the budget does not allow. */
export async function halfOpenWithoutMoney(seeds: number): Promise<Figure[]> {
  let closings = 0
  let refused = 0
  for (const seed of seedsUpTo(seeds)) {
    const { trace } = await runWith(
      {
        pattern: pattern(
          3,
          `FOR i IN 1..60:
  GATHER votes FROM agents WITH prompt: "Round {{i}}?", timeout: 1m, at_least: 0
  WAIT 5s`,
        ),
        orchestrator: {
          failover: ['claude-haiku-4-5'],
          breaker: { openFor: '30s' },
          budget: { limit: '0.05' },
          // The main model's worst case is dear: it stops to fit first.
          prices: { 'gpt-4o-mini': { input: 20, output: 40 } },
          conversationTokens: 100,
        },
        provider: {
          latency: lognormal({ median: '2s', p95: '4s' }),
          failRate: 0,
          windows: [outage({ from: 0, for: '2m', service: 'openai' })],
        },
      },
      seed,
    )
    closings += baseless(trace)
    refused += trace.ofType('budget.refused').length
  }
  return [
    atMost('breakers that were closed by what the budget refused', 0, closings),
    atLeast('calls that the budget refused then', seeds, refused),
  ]
}
