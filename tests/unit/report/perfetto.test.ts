import OpenAI from 'openai'
import { actAs, describeOrchestration } from 'longhaul'
import { perfettoTrace } from '../../../src/report/perfetto.ts'

const client = new OpenAI({ apiKey: 'test' })
const ask = (agent: string) =>
  actAs(agent, () =>
    client.chat.completions.create({ model: 'gpt-4o', messages: [{ role: 'user', content: `${agent}?` }] }),
  )

describeOrchestration(
  'a trace for Perfetto',
  {
    system: () => Promise.all([ask('ann'), ask('ann'), ask('ben')]),
    provider: { latency: '2s' },
    checks: false,
  },
  (test) => {
    test('has a track for each call of an agent at one time', async ({ run, trace, expect }) => {
      await run()
      const { traceEvents } = perfettoTrace(trace)
      const names = traceEvents.flatMap(({ name, args }) => (name === 'thread_name' ? [args!['name']] : []))
      expect(names).toEqual(['ann', 'ann (2)', 'ben'])
      const spans = traceEvents.filter(({ ph, cat }) => ph === 'X' && cat === 'call')
      expect(spans).toHaveLength(3)
      for (const { ts, dur } of spans) expect([ts, dur]).toEqual([0, 2_000_000])
    })

    test('has an arrow from a failure to its retry', async ({ run, trace, provider, expect }) => {
      provider.failNext(1, 'overloaded', { agent: 'ben' })
      await run()
      const arrows = perfettoTrace(trace).traceEvents.filter(({ cat }) => cat === 'retry')
      expect(arrows.map(({ ph }) => ph)).toEqual(['s', 'f'])
      expect(arrows[0]!.id).toBe(arrows[1]!.id)
      expect(arrows[0]!.ts).toBeLessThanOrEqual(arrows[1]!.ts)
    })

    test('keeps the rules of the format', async ({ run, trace, expect }) => {
      await run()
      const { traceEvents } = perfettoTrace(trace)
      for (const { ph, ts, dur, pid, tid, name } of traceEvents) {
        expect(name).toBeTruthy()
        for (const value of [ts, pid, tid]) expect(Number.isInteger(value)).toBe(true)
        if (ph === 'X') expect(dur).toBeGreaterThanOrEqual(0)
      }
      const bill = traceEvents
        .filter(({ name }) => name === 'cost in dollars')
        .map(({ args }) => args!['dollars'] as number)
      expect(bill).toEqual(bill.toSorted((a, b) => a - b))
      expect(bill.at(-1)).toBeGreaterThan(0)
    })
  },
)
