import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { describeOrchestration } from 'longhaul'
import { daemonSystem } from 'longhaul/daemon'

const home = mkdtempSync(join(tmpdir(), 'longhaul-daemon-system-'))
afterAll(() => rmSync(home, { recursive: true }))

describeOrchestration(
  'a daemon whose orchestration has ended',
  {
    system: daemonSystem('parallel_pattern', { home, flags: { 'call-timeout': '2h' } }),
    vars: { agent_count: 1 },
    time: '60x',
    // GATHER has 30 seconds, in which there is no answer.
    provider: { latency: '10h' },
  },
  (test) => {
    test(
      'shows how it ended, and is not started again',
      { timeout: 60_000 },
      async ({ start, trace, sleep, expect }) => {
        const orchestration = await start()
        while (trace.ofType('run.ended').length === 0) await sleep('5s')
        const run = () => readdirSync(join(home, 'var', 'run'))
        const before = run()
        await orchestration.suspend()
        await orchestration.restart()
        await orchestration.resume()
        expect(await orchestration.outcome()).toHaveFailedWith(/GATHER responses needs 1 answer and has 0/)
        expect(run()).toEqual(before)
      },
    )
  },
)

describeOrchestration('a daemon without its pattern', { system: daemonSystem('debat'), time: '60x' }, (test) => {
  test('says that there is none', async ({ start, expect }) => {
    const orchestration = await start()
    await expect(orchestration.restart()).rejects.toThrow('There is no pattern "debat".')
    expect(await orchestration.outcome()).toHaveFailedWith('There is no pattern "debat".')
  })
})
