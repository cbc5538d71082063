import fc from 'fast-check'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { WebSocket } from 'ws'
import { startBridge } from '../../src/daemon/bridge.ts'
import { DaemonProcess } from './daemon.ts'
import { line } from './hostile.ts'
import { isForeign, stopwatch, type Tally } from './tally.ts'

/** Lines that are under way at the same time. */
const BATCH = 50

/** Sends lines, and waits for as many answers. Lines that are told to subscribers are none. */
interface Talk {
  send(lines: readonly string[]): void
  /** Gives the next answer; nothing where the connection is closed. */
  next(): Promise<string | undefined>
  close(): void
}

async function overSocket(daemon: DaemonProcess): Promise<Talk> {
  const client = daemon.connect()
  await once(client, 'connect')
  const lines = createInterface(client)[Symbol.asyncIterator]()
  return {
    send: (all) => void client.write(all.map((each) => `${each}\n`).join('')),
    next: async () => {
      const next = await lines.next()
      return next.done ? undefined : next.value
    },
    close: () => client.destroy(),
  }
}

async function overBridge(url: string, token: string): Promise<Talk> {
  const client = new WebSocket(`${url}/?token=${token}`)
  const waiting: ((text: string | undefined) => void)[] = []
  const come: (string | undefined)[] = []
  const put = (text: string | undefined): void => {
    const [first] = waiting.splice(0, 1)
    if (first) first(text)
    else come.push(text)
  }
  client.on('message', (text) => put(String(text)))
  client.on('close', () => put(undefined))
  client.on('error', () => put(undefined))
  await once(client, 'open')
  return {
    send: (all) => all.forEach((each) => client.send(each)),
    next: () => (come.length > 0 ? Promise.resolve(come.shift()) : new Promise((resolve) => waiting.push(resolve))),
    close: () => client.terminate(),
  }
}

const isPush = (text: string): boolean =>
  text.startsWith('{"event_name"') || text.includes('"bridge:connected"') || !/"(?:correlation_id|error)"/.test(text)

async function talkThrough(lines: readonly string[], open: () => Promise<Talk>, daemon: DaemonProcess, tally: Tally) {
  let talk = await open()
  for (let from = 0; from < lines.length; from += BATCH) {
    const batch = lines.slice(from, from + BATCH)
    let elapsed = stopwatch()
    talk.send(batch)
    for (let nth = 0; nth < batch.length;) {
      const text = await talk.next()
      if (text === undefined) {
        if (daemon.isAlive) tally.add('foreign error', `the connection was closed at ${batch[nth]!.slice(0, 200)}`)
        else tally.add('death', `after ${batch[nth]!.slice(0, 300)}: ${daemon.said.slice(-300)}`)
        if (!daemon.isAlive) await daemon.start()
        talk = await open()
        break
      }
      if (isPush(text)) continue
      const { data, error } = JSON.parse(text) as { data?: { error?: unknown }; error?: unknown }
      const said = String(error ?? data?.error ?? '')
      // What was sent may be quoted.
      tally.answered(elapsed(), isForeign(batch[nth]!) ? '' : said, batch[nth]!)
      elapsed = stopwatch()
      nth += 1
    }
  }
  talk.close()
}

/** Whole requests at the daemon's socket, and through the bridge. */
export async function fuzzDaemon(
  tally: Tally,
  { lines: count, seed }: { lines: number; seed: number },
): Promise<string> {
  const daemon = new DaemonProcess()
  try {
    await daemon.start()
    const bridge = await startBridge({ socket: daemon.socket, port: 0 })
    const memory: number[] = []
    const parts = 4
    for (let part = 0; part < parts; part++) {
      const lines = fc.sample(line, { numRuns: Math.ceil(count / parts), seed: seed + part })
      const half = Math.ceil(lines.length * 0.7)
      await talkThrough(lines.slice(0, half), () => overSocket(daemon), daemon, tally)
      await talkThrough(lines.slice(half), () => overBridge(bridge.url, bridge.token), daemon, tally)
      memory.push(daemon.rss)
    }
    await bridge.close()
    const health = await daemon.ask('system:health')
    if (health['status'] !== 'healthy') tally.add('silent loss', JSON.stringify(health))
    return `${count} lines at the daemon and its bridge; memory ${memory.join(', ')} MB`
  } finally {
    await daemon.remove()
  }
}
