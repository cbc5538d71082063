import { expect, test } from 'vitest'
import { declaredIn } from './declared.ts'
import { held, snakeCased } from './deviations.ts'
import { Samples } from './samples.ts'

const DECLARED = declaredIn(`
interface Text { type: 'text'; text: string; note?: string | null }
interface Call { type: 'call'; callId: string; input: Record<string, number> }
export interface Answer { id: string; parts: (Text | Call)[]; stop: 'end' | 'length' | null }
`)
const text = { type: 'text', text: 'x' }
const found = (value: unknown): string[] =>
  held(DECLARED, DECLARED.type('Answer'), value, snakeCased).map(({ what, path }) => `${what} at ${path}`)

test('a value that is as its type says deviates in nothing', () => {
  const call = { type: 'call', call_id: 'x', input: { a: 1 } }
  expect(found({ id: 'x', parts: [text, { ...text, note: null }, call], stop: null })).toEqual([])
})

test('what is missing, what is surplus, and what is another value or kind is found, at its place', () => {
  const parts = [
    { ...text, more: 1 },
    { type: 'call', input: { a: 'x' } },
  ]
  expect(found({ parts, stop: 'done' })).toEqual([
    'missing Answer.id at $.id',
    'surplus Text.more at $.parts[0].more',
    'missing Call.callId at $.parts[1].call_id',
    'Record is "x", not number at $.parts[1].input.a',
    'Answer.stop is "done", not "end" | "length" | null at $.stop',
  ])
})

test('samples show each field and each value of a type once', () => {
  const shown = [...new Samples(DECLARED, { id: 'hinted' }).of(DECLARED.type('Answer'))]
  expect(shown.map(({ what }) => what)).toEqual(
    expect.arrayContaining([
      'Answer.parts[] (Call)',
      'Answer.parts[].note',
      'Answer.stop = "length"',
      'Answer.stop = null',
    ]),
  )
  for (const { value } of shown) expect(held(DECLARED, DECLARED.type('Answer'), value)).toEqual([])
})
