import OpenAI from 'openai'
import { expect, test } from 'vitest'
import { actAs, describeOrchestration } from 'longhaul'
import { perfettoTrace, type ChromeEvent, type ChromeTrace } from '../../../src/report/perfetto.ts'

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

    test('has an arrow from the call of who sends a message to the next call of who gets it', async ({
      run,
      trace,
      expect,
    }) => {
      await run()
      trace.append({ type: 'message.sent', from: 'ann', to: 'ben' })
      trace.append({ type: 'message.sent', from: 'orchestration', to: 'ben' })
      await ask('ben')
      const arrows = perfettoTrace(trace).traceEvents.filter(({ cat }) => cat === 'message')
      expect(arrows.map(({ ph, ts }) => [ph, ts])).toEqual([
        ['s', 1_999_999],
        ['f', 2_000_000],
      ])
      expect(wrongIn(perfettoTrace(trace))).toEqual([])
    })

    test('keeps the rules of the format', async ({ run, trace, provider, expect }) => {
      provider.failNext(2, 'overloaded')
      await run()
      const told = perfettoTrace(trace)
      expect(wrongIn(JSON.parse(JSON.stringify(told)) as ChromeTrace)).toEqual([])
      const bill = told.traceEvents
        .filter(({ name }) => name === 'cost in dollars')
        .map(({ args }) => args!['dollars'] as number)
      expect(bill).toEqual(bill.toSorted((a, b) => a - b))
      expect(bill.at(-1)).toBeGreaterThan(0)
    })
  },
)

test('a file that breaks the rules of the format is found out', () => {
  const at = { pid: 1, tid: 1, cat: 'call' } as const
  const wrong = wrongIn({
    displayTimeUnit: 'ms',
    traceEvents: [
      { ...at, name: 'first', ph: 'X', ts: 0, dur: 10 },
      { ...at, name: 'second', ph: 'X', ts: 5, dur: 10 },
      { ...at, name: 'retry', ph: 's', id: 1, ts: 20 },
      { ...at, name: 'cost', ph: 'C', ts: 0.5, args: { dollars: 'much' } },
    ],
  })
  expect(wrong).toEqual([
    'cost: ts is 0.5',
    'second overlaps first, and is not within it',
    'retry: no span of track 1/1 is there at 20',
    'retry 1 has 1 starts and 0 ends',
    'cost: dollars is no number',
  ])
})

/**
 * What of a file is not as the format has it. Source: the Trace Event Format, and what Perfetto's importer drops: spans of
 * one track lie within one another or apart, an arrow begins and ends within a span of its track, and has both ends.
 */
function wrongIn({ traceEvents }: ChromeTrace): string[] {
  const wrong: string[] = []
  const isWhole = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0
  for (const event of traceEvents) {
    if (event.name === '') wrong.push('an event has no name')
    for (const key of ['ts', 'pid', 'tid'] as const)
      if (!isWhole(event[key])) wrong.push(`${event.name}: ${key} is ${event[key]}`)
    if (event.ph === 'X' && !isWhole(event.dur)) wrong.push(`${event.name}: dur is ${event.dur}`)
    if (event.ph === 'i' && event.s !== 'p') wrong.push(`${event.name}: a moment needs its scope`)
  }
  const spans = traceEvents.filter(({ ph }) => ph === 'X')
  const tracks = Map.groupBy(spans, ({ pid, tid }) => `${pid}/${tid}`)
  for (const own of tracks.values()) {
    const open: ChromeEvent[] = []
    for (const span of own.toSorted((a, b) => a.ts - b.ts || b.dur! - a.dur!)) {
      while (open.length > 0 && open.at(-1)!.ts + open.at(-1)!.dur! <= span.ts) open.pop()
      const outer = open.at(-1)
      if (outer && span.ts + span.dur! > outer.ts + outer.dur!)
        wrong.push(`${span.name} overlaps ${outer.name}, and is not within it`)
      open.push(span)
    }
  }
  const arrows = traceEvents.filter(({ ph }) => ph === 's' || ph === 'f')
  for (const { name, pid, tid, ts } of arrows)
    if (
      !(tracks.get(`${pid}/${tid}`) ?? []).some((span) => span.ts <= ts && (ts < span.ts + span.dur! || span.ts === ts))
    )
      wrong.push(`${name}: no span of track ${pid}/${tid} is there at ${ts}`)
  for (const [key, both] of Map.groupBy(arrows, ({ cat, id }) => `${cat} ${id}`)) {
    const [starts, ends] = ['s', 'f'].map((ph) => both.filter((event) => event.ph === ph))
    if (starts!.length !== 1 || ends!.length !== 1)
      wrong.push(`${both[0]!.name} ${key.split(' ')[1]} has ${starts!.length} starts and ${ends!.length} ends`)
    else if (starts![0]!.ts > ends![0]!.ts) wrong.push(`${key} ends before it begins`)
  }
  for (const { name, ph, args = {} } of traceEvents)
    if (ph === 'C')
      for (const [series, value] of Object.entries(args))
        if (typeof value !== 'number') wrong.push(`${name}: ${series} is no number`)
  const named = traceEvents.filter(({ name }) => name === 'thread_name').map(({ pid, tid }) => `${pid}/${tid}`)
  if (new Set(named).size !== named.length) wrong.push('a track has two names')
  return wrong
}
