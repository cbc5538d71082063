import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as client from 'prom-client'
import { startMetrics } from '../../src/cli/metrics-server.ts'
import { daemonPaths, send } from '../../src/daemon/index.ts'
import { startDaemon, type Daemon } from '../../src/daemon/server.ts'
import { SimulatedServices } from '../../src/systems/simulated-services.ts'
import { daemonMetrics } from '../../src/telemetry/daemon-metrics.ts'

/** Rounds of three agents until somebody ends them, one of which is never answered. */
const ROUNDS = `agents:
  worker: { count: 2 }
  silent: { vars: { response_time: timeout } }
orchestration_logic:
  strategy: |
    FOREACH round IN range(1, 100000):
      GATHER views FROM agents WITH prompt: "Round {{round}}?", timeout: 400ms, at_least: 0
      WAIT 20ms
`

/** A daemon that tells metrics, with simulated services of which a third of all calls fail. */
export interface MeteredDaemon {
  url: string
  /** Begins rounds that go on until the daemon stops. Gives the orchestration's id. */
  begin(): Promise<string>
  ask(event: string, data?: object): Promise<Readonly<Record<string, unknown>>>
  stop(): Promise<void>
}

export async function startMeteredDaemon(): Promise<MeteredDaemon> {
  const home = mkdtempSync(join(tmpdir(), 'longhaul-metered-'))
  const patterns = join(home, 'patterns')
  mkdirSync(patterns)
  writeFileSync(join(patterns, 'rounds.yaml'), ROUNDS)
  const paths = daemonPaths({ LONGHAUL_HOME: home })
  let daemon: Daemon | undefined
  const metrics = daemonMetrics(client, () => daemon?.readings())
  daemon = await startDaemon(paths, {
    settings: {
      budget: { limit: '5' },
      retry: { attempts: 4, firstDelay: 20, maxDelay: 50 },
      retryBudget: 10,
      supervision: { hungAfter: 200, maxRestarts: 1_000 },
    },
    patterns: [patterns],
    observer: metrics,
    simulate: (clock) => new SimulatedServices({ clock, latency: '20ms', failRate: 0.35 }),
  })
  const server = await startMetrics(metrics, 0)
  const ask = async (event: string, data: object = {}) => (await send(paths.socket, event, data)).data
  return {
    url: server.url,
    ask,
    begin: async () => String((await ask('orchestration:start', { pattern: 'rounds' }))['orchestration_id']),
    async stop() {
      server.close()
      await daemon.stop('over')
      rmSync(home, { recursive: true, force: true })
    },
  }
}
