import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadPattern } from '../src/pattern/index.ts'
import { Orchestrator } from '../src/orchestrator/index.ts'
import { send } from '../src/daemon/index.ts'
import { daemonPaths } from '../src/daemon/index.ts'
import { startDaemon } from '../src/daemon/server.ts'
import { RunStore } from '../src/store/index.ts'
import { record, timed } from './measure.ts'
import { simulate } from './simulation.ts'

/** Transactions a second of the store, how long it takes to go on with a run, and the round trip of a request to the daemon. */
const COMMITS = 5_000
const REQUESTS = 5_000
const folder = mkdtempSync(join(tmpdir(), 'longhaul-bench-'))
const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * share)]!

function commits(): void {
  const store = new RunStore(join(folder, 'commits.db'))
  const run = {
    id: 'r',
    pattern: 'p',
    fingerprint: 'f',
    status: 'running',
    state: { text: 'x'.repeat(2_000) },
  } as const
  const start = performance.now()
  for (let i = 0; i < COMMITS; i++) store.transaction(() => store.saveRun(run))
  const seconds = (performance.now() - start) / 1_000
  store.close()
  record('store-commits', { commits: COMMITS, 'commits/s': Math.round(COMMITS / seconds) })
}

/** Time to open a store and take up a run after so many rounds of four agents. */
async function recovery(rounds: number): Promise<void> {
  const file = join(folder, `recovery-${rounds}.db`)
  const pattern = loadPattern('evolution_marathon')
  await simulate(async ({ trace }) => {
    const store = new RunStore(file)
    const vars = { max_rounds: rounds }
    await new Orchestrator(pattern, { vars, run: 'r' }, { conversationTokens: 400 }, { trace, store }).run()
    store.close()
    const realMs = await timed(async () => {
      const again = new RunStore(file)
      new Orchestrator(pattern, { vars, run: 'r', resume: true }, { conversationTokens: 400 }, { trace, store: again })
      again.close()
    })
    record(`recovery-${rounds}`, { rounds, completions: rounds * 4, 'real (ms)': Number(realMs.toFixed(2)) })
  })
}

async function roundTrips(): Promise<void> {
  const paths = daemonPaths({ LONGHAUL_HOME: join(folder, 'daemon') })
  const daemon = await startDaemon(paths, { settings: {}, patterns: [] })
  const times: number[] = []
  for (let i = 0; i < REQUESTS; i++)
    times.push(await timed(async () => void (await send(paths.socket, 'system:health', {}))))
  await daemon.stop('over')
  const warm = times.slice(REQUESTS / 10)
  record('daemon-health', {
    requests: warm.length,
    'p50 (ms)': Number(percentile(warm, 0.5).toFixed(3)),
    'p99 (ms)': Number(percentile(warm, 0.99).toFixed(3)),
  })
}

try {
  commits()
  for (const rounds of [10, 100, 1_000]) await recovery(rounds)
  await roundTrips()
} finally {
  rmSync(folder, { recursive: true })
}
