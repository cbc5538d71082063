import { describe, expect, test } from 'vitest'
import { Turns, type CallInThread } from '../../../src/provider/turns.ts'

const places = (turns: Turns, count: number): number[] => Array.from({ length: count }, () => turns.take().place)

test('each call takes the next place', () => {
  const turns = new Turns()
  expect([...places(turns, 2), turns.place()]).toEqual([0, 1, 2])
})

test('places that were put back are taken first, the earliest before the others', () => {
  const turns = new Turns()
  const [first, , third] = [turns.take(), turns.take(), turns.take()]
  third.putBack()
  first.putBack()
  expect([turns.place(), ...places(turns, 3)]).toEqual([0, 0, 2, 3])
})

describe('in a conversation', () => {
  const call = (id: number, { continues, repeats }: Partial<CallInThread> = {}): CallInThread => ({
    call: id,
    continues,
    repeats,
  })

  test('that begins again, each question takes the place that it had', () => {
    const turns = new Turns()
    const taken = [call(1), call(2, { continues: 1 }), call(3, { repeats: 1 }), call(4, { continues: 3 })]
    expect(taken.map((of) => turns.take(of).place)).toEqual([0, 1, 0, 1])
    // And goes on further than before.
    expect(turns.take(call(5, { continues: 4 })).place).toBe(2)
    expect(turns.take(call(6)).place).toBe(3)
  })

  test('that begins again at a later question, that one takes the place that it had', () => {
    const turns = new Turns()
    for (const of of [call(1), call(2, { continues: 1 }), call(3, { continues: 2 })]) turns.take(of)
    expect(turns.take(call(4, { continues: 1, repeats: 2 })).place).toBe(1)
  })

  test('several questions on one answer take one place after another, as do equal questions that stand alone', () => {
    const turns = new Turns()
    const branches = [call(1), call(2, { continues: 1 }), call(3, { continues: 1 }), call(4, { continues: 2 })]
    expect(branches.map((of) => turns.take(of).place)).toEqual([0, 1, 2, 3])
    expect([call(5), call(6)].map((of) => turns.take(of).place)).toEqual([4, 5])
  })

  test('each choice of a call takes a place', () => {
    const turns = new Turns()
    expect([1, 1, 1].map((id) => turns.take(call(id)).place)).toEqual([0, 1, 2])
    expect([2, 2].map((id) => turns.take(call(id, { repeats: 1 })).place)).toEqual([2, 3])
  })

  test('a call whose client went away has taken no place', () => {
    const turns = new Turns()
    turns.take(call(1))
    turns.take(call(2, { continues: 1 })).putBack()
    expect(turns.take(call(3, { continues: 1 })).place).toBe(1)
    turns.take(call(4, { repeats: 1 })).putBack()
    expect(turns.place(call(5, { repeats: 4 }))).toBe(2)
  })

  test('the last five thousand calls are remembered', () => {
    const turns = new Turns()
    for (let id = 1; id <= 5_001; id++) turns.take(call(id))
    expect(turns.place(call(9_999, { repeats: 2 }))).toBe(1)
    expect(turns.place(call(9_999, { repeats: 1 }))).toBe(5_001)
  })
})
