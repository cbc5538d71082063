import { DatabaseSync } from 'node:sqlite'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest'
import { RunStore } from '../../../src/store/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'longhaul-spending-'))
afterAll(() => rmSync(folder, { recursive: true }))
beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }))
afterEach(() => void vi.useRealTimers())

const HOUR_MS = 3_600_000
const call = { calls: 1, input: 10, output: 5, known: 2n ** 60n, uncertain: 1n }

test('sums are exact beyond what a double holds, by time, run and agent', () => {
  const store = new RunStore(':memory:')
  vi.setSystemTime(10 * HOUR_MS)
  store.spending.add('a', 'ann', 'gpt-4o', call)
  vi.setSystemTime(12 * HOUR_MS)
  store.spending.add('a', 'ann', 'gpt-4o', call)
  store.spending.add('b', 'ben', 'gpt-4o', { ...call, known: 3n })
  store.spending.add('', 'session', 'gpt-4o', { ...call, known: 4n })
  expect(store.spending.total()).toMatchObject({ calls: 4, known: 2n ** 61n + 7n, uncertain: 4n, runs: 2 })
  expect(store.spending.total({ sinceMs: 11 * HOUR_MS })).toMatchObject({ calls: 3, known: 2n ** 60n + 7n })
  expect(store.spending.total({ run: 'b' })).toMatchObject({ calls: 1, known: 3n })
  expect(store.spending.total({ run: 'nobody' })).toMatchObject({ calls: 0, known: 0n, runs: 0 })
  expect(store.spending.byAgent({}, 10).map(({ run, agent, calls }) => [run, agent, calls])).toEqual([
    ['', 'session', 1],
    ['a', 'ann', 2],
    ['b', 'ben', 1],
  ])
  expect(store.spending.byAgent({}, 1, 1)).toMatchObject([{ run: 'a' }])
  store.close()
})

test('runs that are over are listed the newest first, with what they left', () => {
  const store = new RunStore(':memory:')
  for (const [id, at] of Object.entries({ old: 1, new: 2, going: 3 })) {
    vi.setSystemTime(at * HOUR_MS)
    store.saveRun({ id, pattern: `${id}.yaml`, fingerprint: '', status: 'running', state: {} })
    store.records.began(id, Date.now(), { failRate: 0.5 })
    if (id === 'going') continue
    store.setStatus(id, 'completed')
    store.records.ended(id, Date.now() + 500, { cache: null })
  }
  expect(store.records.over(10).map(({ run }) => run)).toEqual(['new', 'old'])
  expect(store.records.over(10, 1)).toMatchObject([
    { run: 'old', startedAt: HOUR_MS, endedAt: HOUR_MS + 500, given: { failRate: 0.5 }, outcome: { cache: null } },
  ])
  expect(store.records.get('going')).toMatchObject({ status: 'running', endedAt: null })
  store.close()
})

test('the database of another program is refused, and left as it was', () => {
  const file = join(folder, 'other.db')
  const other = new DatabaseSync(file)
  other.exec('CREATE TABLE theirs (x)')
  other.close()
  expect(() => new RunStore(file)).toThrow('is the database of another program')
  const again = new DatabaseSync(file)
  expect(again.prepare('SELECT name FROM sqlite_master').all()).toEqual([{ name: 'theirs' }])
  again.close()
})
