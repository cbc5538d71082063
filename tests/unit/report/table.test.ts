import { stripVTControlCharacters } from 'node:util'
import { describe, expect, test } from 'vitest'
import { forPeople, table } from '../../../src/report/table.ts'

const plain = (text: string): string => stripVTControlCharacters(text)

describe('a table', () => {
  test('has a column for each name, in the order in which they come', () => {
    expect(
      plain(
        table([
          { agent: 'ann', calls: 3 },
          { agent: 'benjamin', cost: 0.25 },
        ]),
      ),
    ).toBe('agent     calls  cost\nann       3\nbenjamin         0.25')
  })

  test('rounds numbers, writes times as such, and lists as JSON', () => {
    const row = { n: 0.123456, whole: 1_234, created_at: 1_800_000_000.5, tags: ['a'], none: null, yes: true }
    expect(plain(table([row])).split('\n')[1]).toBe('0.123  1234   2027-01-15 08:00:00  ["a"]        true')
  })

  test('lets no value move the cursor', () => {
    expect(table([{ text: 'a\u001b[2Jb\nc' }])).toMatch(/a \[2Jb c$/)
  })

  test('cuts long values and many rows, and says so', () => {
    expect(plain(table([{ text: 'x'.repeat(80) }])).split('\n')[1]).toBe('x'.repeat(80))
    expect(plain(table([{ text: 'x'.repeat(81) }])).split('\n')[1]).toBe(`${'x'.repeat(79)}…`)
    const rows = (count: number) => plain(table(Array.from({ length: count }, (_, n) => ({ n })))).split('\n')
    expect(rows(200)).toHaveLength(201)
    expect(rows(203)).toHaveLength(202)
    expect(rows(203).at(-1)).toBe('… 3 more')
  })

  test('leaves out what every answer has', () => {
    expect(plain(table([{ _timestamp: 1, _response_id: 'r', a: 1 }]))).toBe('a\n1')
  })
})

describe('an answer for people', () => {
  test('has plain values first, a line each, then a table for each list', () => {
    const text = plain(
      forPeople({
        status: 'success',
        agents: [{ id: 'ann' }, { id: 'ben' }],
        message_count: 6,
        cost: { known: '$1', calls: 2 },
        _timestamp: 1,
      }),
    )
    expect(text).toBe(
      'status         success\nmessage_count  6\ncost.known     $1\ncost.calls     2\n\nagents\nid\nann\nben',
    )
  })

  test('shows objects by name as rows', () => {
    const text = plain(forPeople({ providers: { openai: { open: false, queue: { n: 1 } }, google: { open: true } } }))
    expect(text).toBe('providers\nname    open   queue.n\nopenai  false  1\ngoogle  true')
  })

  test('shows lists that are empty, or not of objects, as values', () => {
    expect(plain(forPeople({ agents: [], names: ['a', 'b'] }))).toBe('agents  []\nnames   ["a","b"]')
  })
})
