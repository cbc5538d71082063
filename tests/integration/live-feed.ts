import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer as serveHttp } from 'node:http'
import type { Page } from 'playwright-core'
import { WebSocketServer, type WebSocket } from 'ws'
import { liveHtml } from '../../src/report/html.ts'

/** What stands between two events of one call. Milliseconds of the daemon's time. */
const STEP_MS = 100

/** The events of one orchestration as a daemon pushes them: calls of ten agents, without an end. */
export function* callEvents(run: string): Generator<string> {
  const of = (nth: number) => ({ agent: `agent_${nth % 10}`, provider: 'openai', model: 'gpt-4o-mini' })
  const line = (seq: number, data: object) =>
    JSON.stringify({
      event: 'attempt',
      timestamp: 1_767_225_600 + (seq * STEP_MS) / 1_000,
      orchestration_id: run,
      data: { seq, at: seq * STEP_MS, ...data },
    })
  for (let nth = 0; ; nth++) {
    const [start, end] = [3 * nth, 3 * nth + 1]
    const usage = { inputTokens: 300, cachedInputTokens: 0, outputTokens: 90, cost: 99_000_000 }
    const failure = nth % 10 === 7 ? 'overloaded' : null
    yield line(start, { causes: [], type: 'attempt.started', ...of(nth) })
    yield line(end, {
      causes: [start],
      type: 'attempt.ended',
      ...of(nth),
      tookMs: STEP_MS,
      failure,
      message: failure === null ? '' : 'The engine is overloaded. Try again later.',
      ...usage,
    })
    yield line(end + 1, {
      causes: [],
      type: 'cost.claimed',
      ...of(nth),
      known: failure === null ? usage.cost : 0,
      uncertain: 0,
      inputTokens: usage.inputTokens,
      outputTokens: usage.outputTokens,
    })
  }
}

/** A page that is fed as a daemon's bridge feeds it, as fast as it reads. */
export interface Fed {
  url: string
  /** Sends so many events, and waits until the page has read them. */
  feed(count: number): Promise<void>
  close(): Promise<void>
}

/** Events that are sent before the page is waited for. */
const AT_ONCE = 5_000

/** Serves the live page, and what its bridge says: the events of an orchestration that began long ago. */
export async function serveFed(events: Iterator<string>): Promise<Fed> {
  const bridge = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  await once(bridge, 'listening')
  let client: WebSocket | undefined
  let isRead: (() => void) | undefined
  const ANSWERS: Readonly<Record<string, object>> = {
    'orchestration:list': {
      orchestrations: [{ orchestration_id: 'orch_00000001', state: 'running', pattern: 'long' }],
    },
    'system:health': { status: 'healthy', pid: 1, uptime: 1, orchestrations: 1, services: 'simulated' },
  }
  bridge.on('connection', (socket) => {
    client = socket
    socket.send(JSON.stringify({ event: 'bridge:connected', data: {} }))
    socket.on('message', (text: Buffer) => {
      const { event, correlation_id: id } = JSON.parse(text.toString('utf8')) as {
        event: string
        correlation_id: string
      }
      if (event === 'monitor:subscribe') isRead?.()
      socket.send(JSON.stringify({ event, data: ANSWERS[event] ?? {}, correlation_id: id }))
    })
  })
  const { port } = bridge.address() as AddressInfo
  const html = liveHtml('longhaul', `ws://127.0.0.1:${port}`)
  const server = serveHttp((_, response) => response.setHeader('content-type', 'text/html; charset=utf-8').end(html))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  /** A page that is told of a connection subscribes anew, when it has read all that came before. */
  const read = (): Promise<void> =>
    new Promise((done) => {
      isRead = done
      client!.send(JSON.stringify({ event: 'bridge:connected', data: {} }))
    })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async feed(count) {
      for (let nth = 0; nth < count; nth++) {
        client!.send(events.next().value as string)
        if (nth % AT_ONCE === 0) await read()
      }
      await read()
    },
    async close() {
      server.closeAllConnections()
      server.close()
      for (const each of bridge.clients) each.terminate()
      bridge.close()
      await once(bridge, 'close')
    },
  }
}

/** The JavaScript heap of a page after all garbage is collected. Bytes. */
export async function heapOf(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page)
  await session.send('HeapProfiler.enable')
  await session.send('HeapProfiler.collectGarbage')
  const { usedSize } = (await session.send('Runtime.getHeapUsage')) as { usedSize: number }
  await session.detach()
  return usedSize
}
