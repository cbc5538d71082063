import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Metrics } from '../telemetry/instruments.ts'
import { listenError } from './taken-port.ts'

const HOST = '127.0.0.1'

/** What to do where the port of the metrics is taken. */
export const METRICS_PORT_ADVICE = 'Set another port by --metrics-port.'

/** Answers who asks for metrics. */
export function answerMetrics(metrics: Metrics, response: ServerResponse): void {
  metrics.text().then(
    (text) => response.writeHead(200, { 'content-type': metrics.contentType, 'cache-control': 'no-store' }).end(text),
    (error: unknown) => response.destroy(error as Error),
  )
}

/**
 * Serves metrics at `/metrics` on loopback, to requests that name this machine: no other site's name can be made to lead
 * here.
 *
 * @throws PortTakenError
 */
export async function startMetrics(metrics: Metrics, port: number): Promise<{ url: string; close(): void }> {
  let names: readonly string[] = []
  const server = createServer(({ method, url = '', headers: { host = '' } }, response) => {
    if (!names.includes(host)) return void response.writeHead(421).end('This is not the address of these metrics.\n')
    if (method !== 'GET' || url.split('?')[0] !== '/metrics')
      return void response.writeHead(404).end('This server serves /metrics only.\n')
    answerMetrics(metrics, response)
  })
  server.listen(port, HOST)
  try {
    await once(server, 'listening')
  } catch (error) {
    throw listenError(error, port, METRICS_PORT_ADVICE)
  }
  const { port: bound } = server.address() as AddressInfo
  names = [`${HOST}:${bound}`, `localhost:${bound}`]
  return {
    url: `http://${HOST}:${bound}/metrics`,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
