import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { DaemonProcess, MAIN, rssOf } from './daemon.ts'
import { HANG_MS, stopwatch, type Tally } from './tally.ts'

/** Growth that a client may cause which does not read. MB. */
const MAX_GROWTH = 250
/** What a fast machine would create in the time of the attack takes more memory than that. */
const MAX_ENTITIES = 4_000

async function asked(daemon: DaemonProcess, tally: Tally, when: string): Promise<void> {
  const elapsed = stopwatch()
  try {
    const { status } = await daemon.ask('system:health')
    tally.answered(elapsed(), String(status), `system:health ${when}`)
  } catch (error) {
    tally.add('hang', `the owner is shut out ${when}: ${String(error)}`)
  }
}

/** Clients that connect and say nothing, that do not read, that send byte by byte: nobody else notices. */
export async function slowClients(
  tally: Tally,
  { clients, seconds }: { clients: number; seconds: number },
): Promise<string> {
  const daemon = new DaemonProcess()
  const open: Socket[] = []
  try {
    await daemon.start()
    for (let nth = 0; nth < clients; nth++) {
      const client = daemon.connect()
      open.push(client)
      await once(client, 'connect')
    }
    await asked(daemon, tally, `beside ${clients} silent clients`)
    await sleep(1_200)
    await asked(daemon, tally, 'when the silent ones are idle')
    for (const client of open.splice(0)) client.destroy()

    const before = daemon.rss
    const bridge = spawn(process.execPath, [MAIN, 'bridge', '--port', '0'], {
      env: daemon.env,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let address = ''
    for await (const line of createInterface(bridge.stdout)) {
      address = /as (ws:\S+token=)/.exec(line)?.[1] ?? address
      const [token] = /[0-9a-f]{48}$/.exec(line) ?? []
      if (token === undefined) continue
      address = address.replace('token=', `token=${token}`)
      break
    }
    const bridgeBefore = rssOf(bridge.pid)
    const request = `${JSON.stringify({ event: 'system:discover', data: { level: 'full' } })}\n`
    const deaf = daemon.connect()
    deaf.pause()
    open.push(deaf)
    const page = new WebSocket(address)
    await once(page, 'open')
    page.send(JSON.stringify({ event: 'monitor:subscribe' }))
    page.pause()
    const drip = daemon.connect()
    open.push(drip)
    const text = JSON.stringify({ event: 'system:health', data: { more: 'x'.repeat(500) } })
    const until = Date.now() + seconds * 1_000
    let sent = 0
    while (Date.now() < until) {
      // As much as is taken: what is not is kept by this process.
      if (deaf.writableLength < 1_000_000) for (let nth = 0; nth < 200; nth++) deaf.write(request)
      if (page.bufferedAmount < 1_000_000) for (let nth = 0; nth < 200; nth++) page.send(request)
      drip.write(text[sent % text.length]!)
      sent += 1
      // What the daemon is asked to keep grows too: on any machine by as much.
      if (sent <= MAX_ENTITIES)
        await daemon.ask('state:entity:create', { type: 'thing', properties: { text: 'x'.repeat(4_000) } })
      await asked(daemon, tally, 'beside clients that do not read')
    }
    const growth = daemon.rss - before
    const bridgeGrowth = rssOf(bridge.pid) - bridgeBefore
    if (growth > MAX_GROWTH || bridgeGrowth > MAX_GROWTH)
      tally.add('silent loss', `memory grew by ${growth} MB in the daemon, by ${bridgeGrowth} MB in the bridge`)
    const began = performance.now()
    await daemon.end('SIGTERM')
    const ended = performance.now() - began
    if (ended > 15 * HANG_MS) tally.add('hang', `the daemon took ${Math.round(ended)} ms to stop`)
    page.terminate()
    bridge.kill('SIGTERM')
    return `${clients} silent clients, some that do not read for ${seconds} s; memory grew by ${growth} MB in the daemon, by ${bridgeGrowth} MB in the bridge; it stopped in ${Math.round(ended)} ms`
  } finally {
    for (const client of open) client.destroy()
    await daemon.remove()
  }
}
