import OpenAI from 'openai'
import { startSimulatedClock } from '../src/clock/index.ts'
import { mountFetch } from '../src/mount/index.ts'
import { actAs, Provider, uniform } from '../src/provider/index.ts'
import { KeyedRandom } from '../src/random/index.ts'
import { Trace } from '../src/trace/index.ts'
import { record } from './measure.ts'

/** 100 rounds of four agents with one call of 2–30 s each: real time and compression. */
const now = performance.now.bind(performance)

async function run(): Promise<{ realMs: number; simulatedMs: number }> {
  const clock = startSimulatedClock({ mode: { kind: 'virtual' }, tell: () => {} })
  const provider = new Provider(
    { latency: uniform('2s', '30s') },
    { clock, trace: new Trace(() => clock.now()), random: new KeyedRandom(1) },
  )
  const mount = mountFetch(provider)
  const client = new OpenAI({ apiKey: 'test' })
  const start = now()
  for (let round = 0; round < 100; round++) {
    const ask = (agent: string) =>
      actAs(agent, () =>
        client.chat.completions.create({
          model: 'gpt-4o-mini',
          messages: [{ role: 'user', content: `Round ${round}` }],
        }),
      )
    await Promise.all(['a', 'b', 'c', 'd'].map(ask))
  }
  const result = { realMs: now() - start, simulatedMs: clock.now() }
  await mount.close()
  clock.stop()
  return result
}

await run()
const runs = []
for (let i = 0; i < 5; i++) runs.push(await run())
const middle = runs.toSorted((a, b) => a.realMs - b.realMs)[2]!
record('long-run', {
  runs: runs.length,
  'simulated (s)': middle.simulatedMs / 1_000,
  'real (ms)': Number(middle.realMs.toFixed(1)),
  compression: Math.round(middle.simulatedMs / middle.realMs),
})
