import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startBridge } from '../daemon/bridge.ts'
import { keptToken } from '../daemon/token.ts'
import type { DaemonPaths } from '../daemon/index.ts'
import { liveHtml } from '../report/html.ts'
import type { Metrics } from '../telemetry/instruments.ts'
import { answerMetrics } from './metrics-server.ts'
import { listenError } from './taken-port.ts'
import { uiAddress } from './ui-port.ts'

const HOST = '127.0.0.1'
const NOT_FOUND =
  'This server serves the page / only. The daemon serves metrics: longhaul daemon start --metrics-port 9464, or --ui with prom-client.\n'

/** A live page that is served. */
export interface Ui {
  /** With the token: who has it may do all that the daemon's owner may. */
  url: string
  close(): Promise<void>
}

interface UiOptions {
  paths: DaemonPaths
  port: number
  /** What the daemon of this process tells to Prometheus at `/metrics`. */
  metrics?: Metrics | undefined
}

/**
 * Serves the live page on loopback, with a bridge of its own for it. Only requests that name this machine are answered,
 * so that no other site's name can be made to lead here; the bridge lets pages of this address look, and whoever has
 * the token do the rest.
 *
 * @throws NoPageError, PortTakenError
 */
export async function startUi({ paths, port, metrics }: UiOptions): Promise<Ui> {
  let html = ''
  let names: readonly string[] = []
  const server = createServer(({ method, url = '', headers: { host = '' } }, response) => {
    if (!names.includes(host)) return void response.writeHead(421).end('This is not the address of this page.\n')
    const [path] = url.split('?')
    if (method === 'GET' && path === '/metrics' && metrics) return answerMetrics(metrics, response)
    if (method !== 'GET' || path !== '/') return void response.writeHead(404).end(NOT_FOUND)
    response.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    })
    response.end(html)
  })
  server.listen(port, HOST)
  try {
    await once(server, 'listening')
  } catch (error) {
    throw listenError(error, port, 'Set another port by --port of longhaul ui, or by --ui-port of the daemon.')
  }
  const { port: bound } = server.address() as AddressInfo
  names = [`${HOST}:${bound}`, `localhost:${bound}`]
  const token = keptToken(paths.token)
  const bridge = await startBridge({
    socket: paths.socket,
    token,
    port: 0,
    origins: names.map((name) => `http://${name}`),
  })
  html = liveHtml('longhaul', bridge.url)
  return {
    url: uiAddress(bound, paths),
    async close() {
      server.close()
      server.closeAllConnections()
      await bridge.close()
    },
  }
}
