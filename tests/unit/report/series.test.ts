import { expect, test } from 'vitest'
import { runModel } from '../../../src/report/model/model.ts'
import { Run } from '../../../src/report/page/run.ts'
import { limitsOf, moneyOf, placeAt, underWayOf, visible, type Lines } from '../../../src/report/page/series.ts'
import { NO_USAGE, Trace } from '../../../src/trace/index.ts'

/** Calls, one every ten seconds, each of which takes five and costs a dollar. */
function tenCalls(): Run {
  let now = 0
  const trace = new Trace(() => now)
  for (let call = 1; call <= 10; call++) {
    now = call * 10_000
    trace.append({
      type: 'call.arrived',
      call,
      agent: 'ann',
      conversation: 'ann/1',
      turn: call,
      provider: 'openai',
      model: 'gpt-4o-mini',
      operation: 'chat.completions',
      stream: false,
      inputTokens: 1,
      attempt: 1,
      request: '',
    })
    now += 5_000
    trace.append({
      type: 'call.ended',
      call,
      afterMs: 5_000,
      finish: 'stop',
      fault: null,
      usage: { ...NO_USAGE, input: 100 },
      cost: 1e12,
    })
  }
  return new Run(
    runModel(trace, { title: '', limits: { all: { requestsPerMinute: 10, inputTokensPerMinute: 1_000 } } }),
  )
}
const at = (lines: Lines, line: number, time: number): number => lines.values[line]![placeAt(lines.at, time)]!

test('money grows where calls end', () => {
  const money = moneyOf(tenCalls())
  expect([10_000, 15_000, 24_999, 105_000].map((time) => at(money, 0, time))).toEqual([0, 1, 1, 10])
})

test('calls are under way from their arrival to their end, and counted for a minute', () => {
  const calls = underWayOf(tenCalls())
  expect([12_000, 16_000, 95_000].map((time) => at(calls, 0, time))).toEqual([1, 0, 0])
  expect(at(calls, 1, 100_000)).toBe(6)
})

test('of a rate limit the last minute is what is used', () => {
  const limits = limitsOf(tenCalls())
  expect([10_000, 60_000, 90_000].map((time) => Math.round(at(limits, 0, time)))).toEqual([10, 60, 60])
  expect([14_000, 15_000].map((time) => Math.round(at(limits, 1, time)))).toEqual([0, 10])
})

test('what pixels can show of many points keeps the largest of each pixel', () => {
  const count = 100_000
  const lines: Lines = {
    at: Float64Array.from({ length: count }, (_, nth) => nth),
    values: [Float64Array.from({ length: count }, (_, nth) => (nth === 54_321 ? 9 : 1))],
  }
  const shown = visible(lines, 0, count, 500)
  expect(shown.at.length).toBeLessThan(2_000)
  expect(Math.max(...shown.values[0]!)).toBe(9)
})
