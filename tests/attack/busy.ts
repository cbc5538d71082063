import { setTimeout as sleep } from 'node:timers/promises'
import { DaemonProcess, type Data } from './daemon.ts'
import { stopwatch, type Tally } from './tally.ts'

/** Strategies that reckon on and on, each of its kind. */
const BUSY = {
  'one big value': 'SET i = len(range(1000000))',
  'many small statements': 'SET i = 1',
  'lists that are sorted': 'SET i = len(sort(range(30000)))',
  'texts that are put together': 'SET i = len(join(range(40000), ","))',
  'lists that are looked through': 'SET i = len(filter(range(40000), it > 3))',
}

const pattern = (name: string, strategy: string): object => ({
  pattern: `${name}.yaml`,
  pattern_files: [
    {
      file: `${name}.yaml`,
      text: JSON.stringify({
        name,
        agents: { ann: { profile: 'base_single_agent' } },
        orchestration_logic: { strategy },
      }),
    },
  ],
})

/** Runs that never wait for anybody: how long does another run, and a client, wait for them? Each is ended with its line. */
export async function reckonOn(tally: Tally, { seconds }: { seconds: number }): Promise<string> {
  const daemon = new DaemonProcess()
  const waits: number[] = []
  try {
    await daemon.start()
    for (const [nth, [what, statement]] of Object.entries(BUSY).entries()) {
      const { orchestration_id: id } = await daemon.ask(
        'orchestration:start',
        pattern(`busy_${nth}`, `WHILE true:\n  ${statement}`),
      )
      const until = Date.now() + seconds * 1_000
      let state: Data = {}
      while (Date.now() < until && state['state'] !== 'failed') {
        const elapsed = stopwatch()
        const { status } = await daemon.ask('system:health')
        const ms = elapsed()
        waits.push(ms)
        tally.answered(ms, String(status), `system:health beside ${what}`)
        state = await daemon.ask('orchestration:status', { orchestration_id: id })
        await sleep(5)
      }
      const told = JSON.stringify(state)
      if (state['state'] === 'failed' && !/runaway|too long/.test(told))
        tally.add('foreign error', `${told.slice(0, 300)} for ${what}`)
      await daemon.ask('orchestration:terminate', { orchestration_id: id }).catch(() => undefined)
    }
    await daemon.end('SIGTERM')
  } finally {
    await daemon.remove()
  }
  const sorted = waits.toSorted((a, b) => a - b)
  const at = (share: number): string => `${(sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(1)} ms`
  return `${Object.keys(BUSY).length} strategies that never wait; a request beside them takes ${at(0.5)}, in a hundred ${at(0.99)}, at most ${at(1)}`
}
