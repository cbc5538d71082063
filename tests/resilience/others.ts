import { brownout, constant } from '../../src/index.ts'
import { DIFFERENT, SAME } from './pairs.ts'
import { atLeast, atMost, pattern, runWith, seedsUpTo, type Figure } from './runs.ts'
import { strategy } from '../given/strategy.ts'

/** Two windows of failures at the same time. */
export async function overlappingWindows(seeds: number): Promise<Figure[]> {
  let failed = 0
  let calls = 0
  for (const seed of seedsUpTo(seeds)) {
    const { trace } = await runWith(
      {
        pattern: pattern(40, 'GATHER votes FROM agents WITH prompt: "Your view?", timeout: 10m, at_least: 0'),
        orchestrator: { retry: { attempts: 1 }, breaker: { failures: 1_000 } },
        provider: {
          latency: constant('1s'),
          failRate: 0,
          windows: [
            brownout({ from: 0, for: '1h', failRate: 0.3, slow: 2, mix: { server_error: 1 } }),
            brownout({ from: 0, for: '1h', failRate: 0.2, slow: 2, mix: { bad_gateway: 1 } }),
          ],
        },
      },
      seed,
    )
    calls += trace.ofType('call.arrived').length
    failed += trace.ofType('call.failed').length
  }
  const share = failed / calls
  const tolerance = 4 * Math.sqrt(0.25 / calls)
  return [
    atMost(
      'share of calls that fail in windows of 0.3 and 0.2 at once, off from 0.5',
      Number(tolerance.toFixed(3)),
      Math.abs(share - 0.5),
    ),
  ]
}

/** Two questions to one agent: the second one has to wait, however long the first one rests between its tries. */
export async function lockInPause(seeds: number): Promise<Figure[]> {
  let overtaken = 0
  let long = 0
  for (const seed of seedsUpTo(seeds)) {
    const { trace } = await runWith(
      {
        pattern: pattern(
          1,
          `PARALLEL:
  a = AWAIT completion FROM "worker_1" WITH prompt: "First?"
  b = AWAIT completion FROM "worker_1" WITH prompt: "Second?"`,
        ),
        orchestrator: { retry: { firstDelay: '1h', maxDelay: '1h' }, conversationLock: '5m' },
        provider: {
          latency: constant('5s'),
          failRate: 0,
          schedule: [{ agent: 'worker_1', nth: 0, fault: 'server_error' }],
        },
      },
      seed,
    )
    const calls = trace.ofType('call.arrived')
    long += Number(calls[1]!.at > 300_000)
    // The second call is the first question's next try.
    overtaken += Number(calls[1]!.request !== calls[0]!.request)
  }
  return [
    atMost('questions that overtake one that waits for its next try', 0, overtaken),
    atLeast('runs in which that was longer than the lock lasts', seeds / 2, long),
  ]
}

/** Pairs of questions, each asked of two agents with the cache on. */
export async function cacheHits(): Promise<Figure[]> {
  const hit = async ({ a, b }: { a: string; b: string }): Promise<boolean> => {
    const { trace } = await runWith(
      {
        pattern: pattern(
          2,
          strategy`
            AWAIT completion FROM "worker_1" WITH prompt: first
            AWAIT completion FROM "worker_2" WITH prompt: second
          `,
        ),
        vars: { first: a, second: b },
        orchestrator: { cache: { similarity: 0.5 } },
        provider: { latency: constant('1s'), failRate: 0 },
      },
      1,
    )
    return trace.ofType('cache.hit').length > 0
  }
  let wrong = 0
  for (const pair of DIFFERENT) wrong += Number(await hit(pair))
  let right = 0
  for (const pair of SAME) right += Number(await hit(pair))
  return [
    atMost(`false hits of the cache in ${DIFFERENT.length} pairs that ask for different things`, 0, wrong),
    atLeast(`hits in ${SAME.length} pairs that ask for the same`, 36, right),
  ]
}
