import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { describeOrchestration, parseDollars, uniform } from 'longhaul'
import { daemonSystem } from 'longhaul/daemon'

// Phase 3.1 again, against the real daemon: a process of its own, in scaled time.
const home = mkdtempSync(join(tmpdir(), 'longhaul-long-running-'))
afterAll(() => rmSync(home, { recursive: true }))

const LOG_BYTES = 64 * 1024

describeOrchestration(
  'a hundred rounds of a real daemon',
  {
    system: daemonSystem('evolution_marathon', {
      home,
      env: { LONGHAUL_LOG_BYTES: String(LOG_BYTES), LONGHAUL_LOG_KEEP: '3' },
      // A minute of simulated time is a tenth of a second here: no timeout may depend on how fast this machine is.
      flags: { 'call-timeout': '10d', 'supervision-hung-after': '10d' },
    }),
    vars: { max_rounds: 100, pause: '75s', round_timeout: '10d' },
    time: '600x',
    provider: { latency: uniform('5s', '15s'), replies: 'Going on.', services: { openai: { failRate: 0 } } },
  },
  (test) => {
    test(
      'complete without an orphan, at the cost they claim, and the log rotates',
      { timeout: 120_000 },
      async ({ run, provider, expect }) => {
        const outcome = await run()
        expect(outcome).toHaveCompleted()
        expect(outcome.result!.result).toEqual({ rounds: 100, answered: 400, complete: 100 })
        expect(outcome).toHaveElapsed({ atLeast: '2h' })
        expect(provider.openCalls).toBe(0)
        const { known, uncertain } = outcome.result!.cost
        expect(outcome).toHaveCalls(400)
        expect(parseDollars(known)).toBe(outcome.ledger.total.cost)
        expect(parseDollars(uncertain)).toBe(0n)
        const logs = readdirSync(join(home, 'var/logs')).filter((name) => /^event_log_\w+\.jsonl$/.test(name))
        expect(logs).toHaveLength(4)
        for (const name of logs) expect(statSync(join(home, 'var/logs', name)).size).toBeLessThanOrEqual(LOG_BYTES)
      },
    )
  },
)
