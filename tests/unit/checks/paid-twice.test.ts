import { expect, test } from 'vitest'
import { call, event, finds, story } from './story.ts'

/**
 * What one agent asks, a letter a question, a second each; `|` is a restart, a small letter a question that is still without an answer
 * at the next restart, `!` one that is answered at that very moment.
 */
function lives(
  text: string,
  { uncertain = 0, of = () => ({}) }: { uncertain?: number; of?: (nth: number) => object } = {},
) {
  let at = 0
  let number = 0
  const parts = [...text.replaceAll(' ', '')].map((letter) => {
    if (letter === '|') return event((at += 1_000), { type: 'run.resumed', run: 'the run', uncertain })
    number += 1
    at += 1_000
    const isAnswered = letter === letter.toUpperCase()
    const request = letter.toUpperCase()
    return call(number, { request, from: at, to: at + (isAnswered ? 500 : 90_000), ...of(number) })
  })
  return finds('paid-twice', story(...parts)).map((what) => Number(/, (\d+) request/.exec(what)![1]))
}

test.for([
  ['AB | ABCD', [2]],
  ['ABC | CD', [1]],
  ['A | A | AB', [1, 1]],
  ['AB | C | ABCD', [3]],
  ['ABC | A | ABCD', [3]],
  ['RARB | RARBRC', [2]],
  ['ABc | ABCD', [2]],
  ['AbC | ABCD', [2]],
] as const)('%s begins anew', ([text, found]) => {
  expect(lives(text)).toEqual(found)
})

test.for([
  ['AB | CD'],
  ['AB | | CD'],
  ['RA | RB | RC'],
  ['RA | RB RC'],
  ['AA | A'],
  ['A | AA'],
  ['Ra | ARB'],
  ['ABc | CD'],
  ['a | A | B'],
  [' | AB'],
] as const)('%s goes on', ([text]) => {
  expect(lives(text)).toEqual([])
})

test('as many as were uncertain may be asked for again, and no more', () => {
  expect(lives('AB | ABC', { uncertain: 2 })).toEqual([])
  expect(lives('AB | ABC', { uncertain: 1 })).toEqual([2])
})

test('what was answered at the moment of the restart was answered', () => {
  const found = (to: number) =>
    finds(
      'paid-twice',
      story(
        call(1, { request: 'A', from: 0, to }),
        event(1_000, { type: 'run.resumed', run: 'a', uncertain: 0 }),
        call(2, { request: 'A', from: 2_000, to: 3_000 }),
      ),
    ).length
  expect(found(1_000)).toBe(1)
  expect(found(1_001)).toBe(0)
})

test('an answer with a fault, or none, was not paid for', () => {
  expect(lives('AB | AB', { of: (nth) => (nth < 3 ? { blemish: 'empty' } : {}) })).toEqual([])
  expect(lives('AB | AB', { of: (nth) => (nth > 2 ? { fault: 'reset' } : {}) })).toEqual([])
})

test('what goes on with a conversation of before is of that moment, also in the middle', () => {
  // The second question goes on with the first, and so does its repetition.
  const holding = (held: number) => ({ of: (nth: number) => (nth === 2 || nth === 4 ? { continues: held } : {}) })
  expect(lives('ABC | BD', holding(1))).toEqual([1])
  expect(lives('ABC | BD', holding(0))).toEqual([])
  // A conversation that is begun anew, with the same answers, goes on from after the restart.
  expect(
    lives('ABC | ABD', { of: (nth) => (nth === 2 ? { continues: 1 } : nth === 5 ? { continues: 4 } : {}) }),
  ).toEqual([])
})

test('each agent has its own questions', () => {
  const names = ['ann', 'ben', 'ben', 'ann']
  expect(lives('AB | AB', { of: (nth) => ({ agent: names[nth - 1] }) })).toEqual([])
  expect(lives('AB | BA', { of: (nth) => ({ agent: names[nth - 1] }) })).toEqual([2])
})

test('restarts of another run end nothing, and a run that has asked nothing takes up the failed one before it', () => {
  const started = (at: number) => event(at, { type: 'run.started', name: 'a', seed: 1, vars: {} })
  const ended = (at: number) => event(at, { type: 'run.ended', status: 'failed', error: 'Error', message: 'killed' })
  const resumed = (at: number, run = 'a') => event(at, { type: 'run.resumed', run, uncertain: 0 })
  const asked = (number: number, request: string, from: number) => call(number, { request, from, to: from + 500 })
  const other = story(asked(1, 'A', 0), resumed(1_000), resumed(2_000, 'b'), asked(2, 'A', 3_000))
  expect(finds('paid-twice', other)).toHaveLength(2)
  const again = story(started(0), asked(1, 'A', 1), ended(1_000), started(2_000), resumed(2_000), asked(2, 'A', 3_000))
  expect(finds('paid-twice', again)).toHaveLength(1)
  const anew = story(
    started(0),
    asked(1, 'A', 1),
    ended(1_000),
    started(2_000),
    asked(2, 'B', 2_001),
    resumed(3_000),
    asked(3, 'A', 4_000),
  )
  expect(finds('paid-twice', anew)).toEqual([])
})
