import { expect, test } from 'vitest'
import { call, event, finds, gather, story } from '../../given/story.ts'

/**
 * What one agent asks, a letter a question, a second each; `|` is a restart, a small letter a question that is still
 * without an answer at the next restart, `!` one that is answered at that very moment.
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

test('who begins with its first question, while nobody asks what was interrupted, has lost its state', () => {
  // Its later questions are new, because the answers in them are.
  expect(lives('ABc | ADEF')).toEqual([1])
  expect(lives('ABCd | AEFG | AHI')).toEqual([1, 1])
  // It goes on, after a question that it asks at each start.
  expect(lives('RAb | RBC')).toEqual([])
  expect(lives('RAb | RC | RDE')).toEqual([1, 1])
  // It was between two rounds, or goes on in the middle.
  expect(lives('RA | RB | RC')).toEqual([])
  expect(lives('ABc | BDE')).toEqual([1])
  expect(lives('ABCd | BEF')).toEqual([])
  // What others leave undone is theirs.
  expect(lives('ABc | AD', { of: (nth) => (nth === 3 ? { agent: 'ben' } : {}) })).toEqual([])
})

test('a poll may come once before a restart and once after it, in its own time', () => {
  const polled = (at: number, again: number) =>
    finds(
      'paid-twice',
      story(
        call(1, { request: 'A', from: at, to: at + 1_000 }),
        event(300_000, { type: 'run.resumed', run: 'a', uncertain: 0 }),
        call(2, { request: 'A', from: 300_000 + again, to: 301_000 + again }),
      ),
    )
  expect(polled(0, 600_000)).toEqual([])
  expect(polled(0, 60_000)).toHaveLength(1)
  // Who starts over comes to it about as late as at first.
  expect(polled(240_000, 250_000)).toHaveLength(1)
})

test('what the service knows to have had no answer excuses no other repetition', () => {
  const found = (uncertain: number, fault?: string) =>
    finds(
      'paid-twice',
      story(
        call(1, { request: 'A', from: 0, to: 500 }),
        call(2, { request: 'B', from: 500, ...(fault === undefined ? {} : { to: 1_000, fault }) }),
        event(1_000, { type: 'run.resumed', run: 'a', uncertain }),
        call(3, { request: 'A', from: 2_000, to: 3_000 }),
        call(4, { request: 'B', from: 3_000, to: 4_000 }),
      ),
    )
  const told = ['after the restart of a, 1 request(s) were sent again that had been answered before']
  expect(found(1)).toEqual(told)
  expect(found(1, 'disconnected')).toEqual(told)
  expect(found(2)).toEqual([])
  expect(found(1, 'overloaded')).toEqual([])
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

test('a call that its client gave up before the restart was in progress no more: another one may have been', () => {
  const found = (givenUpAt: number) =>
    finds(
      'paid-twice',
      story(
        call(1, { agent: 'ben', from: 0, to: givenUpAt, fault: 'disconnected' }),
        call(2, { request: 'A', from: 0, to: 1_000 }),
        event(1_000, { type: 'run.resumed', run: 'a', uncertain: 1 }),
        call(3, { request: 'A', from: 2_000, to: 3_000 }),
      ),
    ).length
  expect(found(900)).toBe(0)
  expect(found(1_000)).toBe(1)
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

const restart = event(10_000, { type: 'run.resumed', run: 'a', uncertain: 0 })
const asked = (number: number, request: string, from: number, to?: number) =>
  call(number, { request, from, ...(to !== undefined && { to }) })

test('what is asked for gathers of other names is asked in another round', () => {
  const both = [asked(1, 'A', 1_000, 2_000), restart, asked(2, 'A', 12_000, 13_000)]
  const rounds = (...names: (string | undefined)[]) =>
    names.flatMap((name, nth) =>
      name === undefined
        ? []
        : [gather(nth, { name, from: 1_000 + nth * 11_000, to: 1_000 + nth * 11_000, expected: ['ann'] })],
    )
  const found = (...names: (string | undefined)[]) => finds('paid-twice', story(...rounds(...names), ...both)).length
  expect([found('one', 'two'), found('one', 'one'), found(undefined, 'two'), found('one', undefined)]).toEqual([
    0, 1, 1, 1,
  ])
  const early = gather(0, { name: 'one', from: 900, to: 999, expected: ['ann'] })
  const late = gather(0, { name: 'one', from: 1_001, to: 1_002, expected: ['ann'] })
  const others = gather(0, { name: 'one', from: 900, to: 2_000, expected: ['ben'] })
  for (const other of [early, late, others])
    expect(finds('paid-twice', story(other, ...rounds(undefined, 'two'), ...both))).toHaveLength(1)
})

test('what was answered last is what a replay comes to, however long it had taken', () => {
  const before = [asked(1, 'A', 0, 5_000), asked(2, 'B', 1_000, 2_000), restart]
  expect(finds('paid-twice', story(...before, asked(3, 'B', 11_000, 12_000), asked(4, 'C', 13_000, 14_000)))).toEqual(
    [],
  )
  expect(
    finds('paid-twice', story(...before, asked(3, 'A', 11_000, 12_000), asked(4, 'C', 13_000, 14_000))),
  ).toHaveLength(1)
})

test('what was under way beside the last answer comes again with it, what was asked after it is what comes next', () => {
  const found = (from: number) =>
    finds(
      'paid-twice',
      story(
        asked(1, 'A', 0, 1_000),
        asked(2, 'W', from),
        restart,
        asked(3, 'W', 11_000, 12_000),
        asked(4, 'A', 13_000, 14_000),
      ),
    ).length
  expect([found(999), found(1_000)]).toEqual([1, 0])
})

test('a finding says how many were paid twice, and how many of them nobody could know of', () => {
  const twice = (uncertain: number) =>
    finds(
      'paid-twice',
      story(
        call(1, { request: 'A', from: 0, to: 500 }),
        call(2, { request: 'B', from: 500, to: 900 }),
        event(1_000, { type: 'run.resumed', run: 'votes', uncertain }),
        call(3, { request: 'A', from: 2_000, to: 3_000 }),
        call(4, { request: 'B', from: 3_000, to: 4_000 }),
      ),
    )
  expect(twice(0)).toEqual(['after the restart of votes, 2 request(s) were sent again that had been answered before'])
  expect(twice(1)).toEqual([
    'after the restart of votes, 2 request(s) were sent again that had been answered before (1 of them may have been in progress)',
  ])
})

test('calls of another run, and of a run that is over, are not of the one that goes on', () => {
  const started = (at: number, name = 'a') => event(at, { type: 'run.started', name, seed: 1, vars: {} })
  const completed = (at: number) => event(at, { type: 'run.ended', status: 'completed' })
  const resumed = event(3_000, { type: 'run.resumed', run: 'a', uncertain: 0 })
  const [first, again] = [
    call(1, { request: 'A', from: 1, to: 500 }),
    call(2, { request: 'A', from: 4_000, to: 4_500 }),
  ]
  // The first question was asked by a run that is completed: the next one asks it for itself.
  expect(finds('paid-twice', story(started(0), first, completed(1_000), started(2_000), resumed, again))).toEqual([])
  // What is asked after the run has ended is not asked by it.
  expect(finds('paid-twice', story(started(0), first, resumed, completed(3_500), again))).toEqual([])
  expect(finds('paid-twice', story(started(0), first, resumed, again, completed(5_000)))).toHaveLength(1)
  // Nor what is known to be of another run.
  const [mine, others] = [{ run: 0 }, { run: 99 }]
  const of = (one: object, other: object) =>
    finds(
      'paid-twice',
      story(
        started(0),
        call(1, { request: 'A', from: 1, to: 500, ...one }),
        resumed,
        call(2, { request: 'A', from: 4_000, to: 4_500, ...other }),
      ),
    ).length
  expect([of(mine, mine), of(mine, others), of(others, mine)]).toEqual([1, 0, 0])
})
