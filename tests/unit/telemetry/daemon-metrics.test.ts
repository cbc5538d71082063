import * as client from 'prom-client'
import { expect, test } from 'vitest'
import { daemonMetrics } from '../../../src/telemetry/daemon-metrics.ts'
import type { EventBody } from '../../../src/trace/index.ts'

test('of the completions whose retry never comes only the newest are remembered', async () => {
  const metrics = daemonMetrics(client, () => undefined)
  let seq = 0
  const tell = (body: EventBody): void => metrics.happened(null, { seq: (seq += 1), at: seq, causes: [], ...body })
  const failed = {
    type: 'attempt.failed',
    target: 'openai/gpt-4o',
    attempt: 1,
    kind: 'overloaded',
    message: '',
  } as const
  const again = { type: 'attempt.started', provider: 'openai', model: 'gpt-4o' } as const
  for (let nth = 0; nth <= 2_000; nth++) tell({ ...failed, agent: `session ${nth}`, retryInMs: 1_000 })
  tell({ ...again, agent: 'session 0' })
  tell({ ...again, agent: 'session 2000' })
  const lines = (await metrics.text()).split('\n').filter((line) => line.startsWith('longhaul_call_retries_total{'))
  expect(lines).toEqual([expect.stringContaining('agent="session 2000"')])
})
