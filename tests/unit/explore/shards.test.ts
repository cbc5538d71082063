import { expect, test } from 'vitest'
import { Coverage } from '../../../src/explore/coverage.ts'
import { casesOf, nameOf, sliceOf } from '../../../src/explore/sweep.ts'
import { mergedProblem, mergeSweeps } from '../../../src/explore/merge.ts'

const shardsOf = (count: number, sweep: Parameters<typeof casesOf>[0]) => {
  const all = casesOf(sweep, { first: 1 })
  return {
    all,
    shards: Array.from({ length: count }, (_, nth) => sliceOf(all, `${nth + 1}/${count}`)),
  }
}

test.for([2, 3, 4, 5, 8])('each of %i shards sees all fail rates, and together they see each case once', (count) => {
  const { all, shards } = shardsOf(count, { seeds: 100, failRate: [0, 0.1, 0.2, 0.5] })
  expect(shards.flat().map(nameOf).toSorted()).toEqual(all.map(nameOf).toSorted())
  for (const shard of shards) {
    expect(new Set(shard.map(({ failRate }) => failRate))).toEqual(new Set([0, 0.1, 0.2, 0.5]))
    expect(shard.length).toBeGreaterThanOrEqual(Math.floor(all.length / count) - 4)
  }
})

test('each shard sees all values of variables and all latencies too', () => {
  const { shards } = shardsOf(4, { seeds: 40, latencyScale: [1, 5], vars: { players: [2, 9] } })
  for (const shard of shards)
    expect(new Set(shard.map(({ latencyScale, vars }) => `${latencyScale} ${String(vars!['players'])}`)).size).toBe(4)
})

test('a shard is the same wherever it is run, and in the order of the sweep', () => {
  const all = casesOf({ seeds: 50, failRate: [0, 0.2] }, { first: 1 })
  expect(sliceOf(all, '2/3')).toEqual(sliceOf([...all], '2/3'))
  const places = sliceOf(all, '2/3').map((of) => all.indexOf(of))
  expect(places).toEqual(places.toSorted((a, b) => a - b))
})

test('seeds of one shard are not every n-th one', () => {
  const { shards } = shardsOf(4, { seeds: 100 })
  const steps = shards[0]!.slice(1).map(({ seed }, index) => Number(seed) - Number(shards[0]![index]!.seed))
  expect(new Set(steps).size).toBeGreaterThan(2)
})

const part = { orchestration: 'votes', file: 'votes.test.ts', cases: 50, failed: 0 }

test('what was so in one shard was so in the sweep', () => {
  const [merged] = mergeSweeps([
    { ...part, shard: '1/2', sometimes: { 'somebody is missing': 0, 'all are there': 9 } },
    { ...part, shard: '2/2', sometimes: { 'somebody is missing': 3 } },
  ])
  expect(merged).toMatchObject({ cases: 100, never: [], sometimes: { 'somebody is missing': 3, 'all are there': 9 } })
  expect(mergedProblem(merged!)).toBeUndefined()
})

test('what was so in no shard is told', () => {
  const [merged] = mergeSweeps(['1/2', '2/2'].map((shard) => ({ ...part, shard, sometimes: { 'a tie': 0 } })))
  expect(mergedProblem(merged!)).toContain('these conditions never held in any shard, 100 cases: a tie.')
})

test('a shard that is missing is told', () => {
  const [merged] = mergeSweeps([{ ...part, shard: '2/3', sometimes: { 'a tie': 0 } }])
  expect(mergedProblem(merged!)).toContain('the shards 1/3, 3/3 are missing')
})

test('something is expected only where its condition applies', () => {
  const coverage = new Coverage()
  coverage.sometimes('a retry', false, { when: false })
  expect(coverage.never).toEqual([])
  coverage.sometimes('a retry', false, { when: true })
  expect(coverage.never).toEqual(['a retry'])
})
