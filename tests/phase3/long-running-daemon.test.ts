import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { daemonSystem, describeOrchestration, parseDollars, uniform } from 'longhaul'

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
    }),
    vars: { max_rounds: 100, pause: '75s' },
    time: '1000x',
    provider: { latency: uniform('5s', '15s'), replies: 'Going on.', providers: { openai: { failRate: 0 } } },
  },
  (test) => {
    test('complete without an orphan, at the cost they claim, and the log rotates', async ({
      run,
      provider,
      expect,
    }) => {
      const outcome = await run()
      expect(outcome).toHaveCompleted()
      expect(outcome.result!.result).toEqual({ rounds: 100, answered: 400, complete: 100 })
      expect(outcome).toHaveElapsed({ atLeast: '2h', atMost: '12h' })
      expect(provider.openCalls).toBe(0)
      // A call that ran into its timeout on a busy machine may or may not be billed.
      const { known, uncertain } = outcome.result!.cost
      const billed = outcome.ledger.total.cost
      expect(billed).toBeGreaterThanOrEqual(parseDollars(known))
      expect(billed).toBeLessThanOrEqual(parseDollars(known) + parseDollars(uncertain))
      const logs = readdirSync(home).filter((name) => /^events\.ndjson(\.\d+)?$/.test(name))
      expect(logs).toHaveLength(4)
      for (const name of logs) expect(statSync(join(home, name)).size).toBeLessThanOrEqual(LOG_BYTES)
    })
  },
)
