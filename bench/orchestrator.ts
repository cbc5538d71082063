import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import OpenAI from 'openai'
import { Orchestrator } from '../src/orchestrator/index.ts'
import { loadPattern } from '../src/pattern/index.ts'
import { compileProgram, Machine, parseStrategy } from '../src/strategy/index.ts'
import { actAs } from '../src/provider/index.ts'
import { Trace } from '../src/trace/index.ts'
import { ratio, record, timed } from './measure.ts'
import { QUESTION, simulate } from './simulation.ts'

/** What the orchestrator adds to a bare SDK call, gathers of 10 … 10,000 agents, and statements of the interpreter a second. */
const COMPLETIONS = 2_000
/** Of six statements each: a strategy that asks nobody may run a million of them. */
const ITERATIONS = 150_000
const MEMORY_ROUNDS = 25_000

const pattern = (agents: number, strategy: string) =>
  loadPattern({
    text: `name: bench\nagents: { worker: { count: ${agents} } }\norchestration_logic:\n  strategy: |\n${strategy.replaceAll(/^/gm, '    ')}`,
  })

const orchestrated = (agents: number, strategy: string): Promise<number> => {
  const loaded = pattern(agents, strategy)
  return simulate(({ trace }) =>
    timed(async () => {
      // As many tokens as the question of the SDK: each conversation keeps its newest question only.
      await new Orchestrator(loaded, {}, { conversationTokens: 1 }, { trace, actAs }).run()
    }),
  )
}

const viaOrchestrator = (): Promise<number> =>
  orchestrated(
    1,
    `FOR i IN 1..${COMPLETIONS}:\n  AWAIT completion FROM "worker_1" WITH prompt: "${QUESTION.messages[0]!.content}"`,
  )

const viaSDK = (): Promise<number> =>
  simulate(() =>
    timed(async () => {
      const client = new OpenAI({ apiKey: 'test' })
      for (let i = 0; i < COMPLETIONS; i++) await client.chat.completions.create(QUESTION)
    }),
  )

for (let warmUp = 0; warmUp < 3; warmUp++) {
  await viaSDK()
  await viaOrchestrator()
}
record('orchestrator-completion', {
  completions: COMPLETIONS,
  ...(await ratio('orchestrator', viaOrchestrator, 'bare SDK', viaSDK)),
})

for (const agents of [10, 100, 1_000, 10_000]) {
  const runs: number[] = []
  for (let run = 0; run < 5; run++)
    runs.push(await orchestrated(agents, 'GATHER answers FROM agents WITH prompt: "Your view?"'))
  const realMs = runs.toSorted((a, b) => a - b)[2]!
  record(`gather-1e${Math.log10(agents)}`, {
    agents,
    runs: runs.length,
    'real (ms)': Number(realMs.toFixed(1)),
    'real (µs/agent)': Number(((realMs / agents) * 1_000).toFixed(1)),
  })
}

/** What stays in memory after many completions of the same run, to the end of which everything could have piled up. */
const heapAfter = (rounds: number): Promise<number> =>
  simulate(
    async ({ clock }) => {
      const loaded = pattern(
        4,
        `FOR i IN 1..${rounds}:\n  GATHER answers FROM agents WITH prompt: "Your view?"\nWAIT 1 hour`,
      )
      const trace = new Trace(() => clock.now(), 'discard')
      const running = new Orchestrator(loaded, {}, { conversationTokens: 400 }, { trace, actAs }).run()
      await new Promise((resolve) => setTimeout(resolve, rounds * 5_000 + 60_000))
      global.gc!()
      const { heapUsed } = process.memoryUsage()
      await running
      return heapUsed
    },
    { spool: { file: join(tmpdir(), 'longhaul-bench-memory.ndjson') } },
  )
const heaps: number[] = []
for (const rounds of [MEMORY_ROUNDS / 25, MEMORY_ROUNDS]) heaps.push(await heapAfter(rounds))
rmSync(join(tmpdir(), 'longhaul-bench-memory.ndjson'))
const mebi = (bytes: number): number => Number((bytes / 2 ** 20).toFixed(1))
record('memory', {
  completions: MEMORY_ROUNDS * 4,
  'heap after a 25th (MiB)': mebi(heaps[0]!),
  'heap after all (MiB)': mebi(heaps[1]!),
  ratio: Number((heaps[1]! / heaps[0]!).toFixed(3)),
})

const loop = compileProgram(
  parseStrategy(`FOR i IN 1..${ITERATIONS}:\n  SET x = i * 2\n  IF x > 10:\n    SET y = x\nLOG "over"`),
)
const rates: number[] = []
for (let run = 0; run < 5; run++) {
  const machine = Machine.start(loop, {})
  let step = machine.step()
  const realMs = await timed(async () => {
    // A step that yields is a turn for others, and not the end.
    while (step.kind === 'stepped' || step.kind === 'yields') step = machine.step()
  })
  if (step.kind !== 'effect')
    throw new Error(`The strategy ended before its LOG: ${JSON.stringify(machine.state.status)}`)
  rates.push(machine.state.steps / (realMs / 1_000))
}
record('interpreter', { statements: ITERATIONS * 6, 'statements/s': Math.round(rates.toSorted((a, b) => a - b)[2]!) })
