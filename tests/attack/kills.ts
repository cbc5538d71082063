import { setTimeout as sleep } from 'node:timers/promises'
import { createInterface } from 'node:readline'
import { KeyedRandom } from '../../src/random/index.ts'
import { DaemonProcess, type Data } from './daemon.ts'
import type { Tally } from './tally.ts'

const RUNS = 6
const ROUNDS = 10

/** Clients that ask and listen all the time, whether a daemon is there or not. */
function attach(daemon: DaemonProcess, stopped: AbortSignal): void {
  const again = (): void => {
    if (stopped.aborted) return
    const client = daemon.connect()
    client.write(`${JSON.stringify({ event: 'monitor:subscribe', data: {} })}\n`)
    const lines = createInterface(client)
    lines.on('error', () => {})
    lines.on('line', () => {
      if (client.writable && Math.random() < 0.05) client.write(`${JSON.stringify({ event: 'agent:list' })}\n`)
    })
    client.on('close', () => setTimeout(again, 20))
    stopped.addEventListener('abort', () => client.destroy(), { once: true })
  }
  again()
}

/** Kills daemons with clients at any moment. What runs has to end as if nobody had killed anything, and what was written has to be there. */
export async function killDaemons(tally: Tally, { kills, seed }: { kills: number; seed: number }): Promise<string> {
  const daemon = new DaemonProcess()
  const random = new KeyedRandom(seed)
  const stopped = new AbortController()
  let runs = 0
  let entities = 0
  try {
    for (let nth = 0; nth < 3; nth++) attach(daemon, stopped.signal)
    let ids: string[] = []
    for (let killed = 0; killed < kills; killed++) {
      if (!(await daemon.start())) tally.add('death', `after kill ${killed}: ${daemon.said.slice(-300)}`)
      try {
        while (ids.length < RUNS) {
          const started = await daemon.ask('orchestration:start', {
            pattern: 'session_recovery',
            vars: { max_rounds: ROUNDS, pause: '5ms' },
          })
          ids.push(String(started['orchestration_id']))
          runs += 1
        }
        const created = await daemon.ask('state:entity:create', { type: 'thing', id: `thing-${entities}` })
        if (created['status'] === 'success') entities += 1
        await sleep(random.draw('kill', killed) * 300)
        const open: string[] = []
        for (const id of ids) {
          const status = await daemon.ask('orchestration:status', { orchestration_id: id })
          tally.tried += 1
          if (status['state'] === 'running') open.push(id)
          else if (status['state'] !== 'completed' || (status['result'] as Data)?.['total'] !== ROUNDS * 3)
            tally.add('silent loss', `${id}: ${JSON.stringify(status).slice(0, 300)}`)
        }
        ids = open
      } catch (error) {
        tally.add('foreign error', `kill ${killed}: ${String(error)}`)
      }
      await daemon.end('SIGKILL')
    }
    await daemon.start()
    const { counts } = await daemon.ask('state:aggregate:count', {})
    if ((counts as Data)['thing'] !== entities)
      tally.add('silent loss', `${JSON.stringify(counts)} entities in place of ${entities}`)
    const health = await daemon.ask('system:health')
    if (health['status'] !== 'healthy') tally.add('silent loss', JSON.stringify(health))
    for (const id of ids)
      for (;;) {
        const { state } = await daemon.ask('orchestration:status', { orchestration_id: id })
        if (state === 'completed') break
        if (state !== 'running') tally.add('silent loss', `${id} is ${String(state)}`)
        if (state !== 'running') break
        await sleep(20)
      }
  } finally {
    stopped.abort()
    await daemon.remove()
  }
  return `${kills} kills with clients attached, ${runs} runs, ${entities} entities`
}
