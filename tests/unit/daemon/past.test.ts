import { expect, test } from 'vitest'
import { Past } from '../../../src/daemon/past.ts'

const health = (total: number, failed: number, lastSuccess: number | null) => ({
  breaker: 'open' as const,
  recentFailures: failed,
  opensInMs: 5,
  calls: { total, successful: total - failed, failed, latencyMs: total * 100, lastSuccess },
})

test('calls and retries of orchestrations that have stopped add up; their circuit breakers are gone', () => {
  const past = new Past()
  past.add({ targets: { 'openai/a': health(4, 4, null) }, tries: { requests: 3, retries: 1 } })
  past.add({
    targets: { 'openai/a': health(10, 1, 500), 'anthropic/b': health(1, 0, 200) },
    tries: { requests: 9, retries: 1 },
  })
  past.add({ targets: { 'openai/a': health(1, 0, 300) }, tries: undefined })
  expect(past.tries).toEqual({ requests: 12, retries: 2 })
  const closed = { breaker: 'closed', recentFailures: 0, opensInMs: 0 }
  expect(Object.fromEntries(past.targets)).toEqual({
    'openai/a': { ...closed, calls: { total: 15, successful: 10, failed: 5, latencyMs: 1_500, lastSuccess: 500 } },
    'anthropic/b': { ...closed, calls: { total: 1, successful: 1, failed: 0, latencyMs: 100, lastSuccess: 200 } },
  })
})
