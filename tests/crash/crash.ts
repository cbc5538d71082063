import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { startClock } from '../../src/clock/index.ts'
import { startServer } from '../../src/mount/index.ts'
import { Provider, uniform } from '../../src/provider/index.ts'
import { KeyedRandom } from '../../src/random/index.ts'
import { callsOf, Trace } from '../../src/trace/index.ts'

/**
 * Kills orchestrators with SIGKILL at random moments and lets them go on, until so many were killed. A run is over when its result
 * is that of a run that nobody kills; what was billed for it is held against what it needed.
 *
 * Usage: node tests/crash/crash.ts [kills] [--idempotency]
 */
const KILLS = Number(process.argv[2] ?? 200)
const IDEMPOTENCY = process.argv.includes('--idempotency')
const EXPECTED = JSON.stringify({
  rounds: 12,
  total: 36,
  last: ['analyst, turn 12', 'critic, turn 12', 'editor, turn 12'],
})
const WORKER = resolve(import.meta.dirname, 'worker.ts')

const folder = mkdtempSync(join(tmpdir(), 'longhaul-crash-'))
const clock = startClock({ kind: 'real' })
const trace = new Trace(() => clock.now())
const random = new KeyedRandom(1)
const provider = new Provider(
  {
    latency: uniform(10, 60),
    replies: ({ agent, turn }) => `${agent}, turn ${turn}`,
    services: { openai: { idempotency: IDEMPOTENCY } },
  },
  { clock, trace, random },
)
const server = await startServer(provider)

interface Report {
  killed: boolean
  result: string | undefined
  uncertain: number
}

/** One life of an orchestrator: it is killed `afterMs` after it has begun to work, or ends before that. */
async function live(run: string, afterMs: number): Promise<Report> {
  const before = trace.length
  const worker = spawn(process.execPath, [WORKER, join(folder, `${run}.db`), server.baseURLs.openai, run], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const report: Report = { killed: false, result: undefined, uncertain: 0 }
  createInterface(worker.stdout).on('line', (line) => {
    const said = JSON.parse(line) as { result?: unknown; uncertain?: number }
    if (said.result !== undefined) report.result = JSON.stringify(said.result)
    report.uncertain += said.uncertain ?? 0
  })
  const exited = once(worker, 'close') as Promise<[code: number | null, signal: string | null]>
  // The moment is counted from its first call, as starting Node takes longer than all the rest.
  while (trace.length === before && worker.exitCode === null) await sleep(1)
  const kill = setTimeout(() => worker.kill('SIGKILL'), afterMs)
  const [code, signal] = await exited
  clearTimeout(kill)
  if (code !== 0 && signal === null) throw new Error(`The orchestrator of ${run} failed with exit code ${code}.`)
  report.killed = signal === 'SIGKILL'
  return report
}

let kills = 0
let lost = 0
let uncertain = 0
let runs = 0
let draw = 0
let toldAt = Date.now()
try {
  while (kills < KILLS) {
    const run = `run${(runs += 1)}`
    for (;;) {
      const life = await live(run, kills < KILLS ? random.draw('kill', draw++) * 400 : 600_000)
      uncertain += life.uncertain
      if (life.killed) kills += 1
      if (life.result !== undefined) {
        if (life.result !== EXPECTED) {
          lost += 1
          process.stdout.write(`${run} gave ${life.result}\n`)
        }
        break
      }
      if (Date.now() - toldAt > 2_000) {
        toldAt = Date.now()
        process.stdout.write(`${kills} of ${KILLS} kills, ${runs} runs\n`)
      }
    }
  }
} finally {
  await server.close()
  rmSync(folder, { recursive: true })
}

const answered = callsOf(trace).filter(({ status }) => status === 'ended').length
const needed = runs * 36
const twice = answered - needed
process.stdout.write(
  `${kills} kills, ${runs} runs, ${lost} results lost or wrong; ${answered} answers billed for ${needed} needed: ` +
    `${twice} paid twice, all among the ${uncertain} calls that were under way when a process died${IDEMPOTENCY ? ' (idempotency keys)' : ''}\n`,
)
const tooMany = IDEMPOTENCY ? twice !== 0 : twice > uncertain
if (lost > 0 || twice < 0 || tooMany) process.exitCode = 1
