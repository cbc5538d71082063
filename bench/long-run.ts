import OpenAI from 'openai'
import { actAs, uniform } from '../src/provider/index.ts'
import { record, timed } from './measure.ts'
import { simulate } from './simulation.ts'

/** 100 rounds of four agents with one call of 2–30 s each: real time and compression. */
const ROUNDS = 100

const run = (): Promise<{ realMs: number; simulatedMs: number }> =>
  simulate(
    async ({ clock }) => {
      const client = new OpenAI({ apiKey: 'test' })
      const ask = (agent: string, round: number) =>
        actAs(agent, () =>
          client.chat.completions.create({
            model: 'gpt-4o-mini',
            messages: [{ role: 'user', content: `Round ${round}` }],
          }),
        )
      const realMs = await timed(async () => {
        for (let round = 0; round < ROUNDS; round++) {
          await Promise.all(['a', 'b', 'c', 'd'].map((agent) => ask(agent, round)))
        }
      })
      return { realMs, simulatedMs: clock.now() }
    },
    { config: { latency: uniform('2s', '30s') } },
  )

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
