import { describe, expect, test } from 'vitest'
import { formOf } from '../../../../../src/orchestrator/questions/cache/form.ts'
import { DIFFERENT, SAME } from '../../../../resilience/pairs.ts'

describe('the form of a question', () => {
  test.for(DIFFERENT)('$kind decide: "$a" is not "$b"', ({ a, b }) => {
    expect(a).not.toBe(b)
    expect(formOf(a)).not.toBe(formOf(b))
  })

  test('is that of most paraphrases that say the same in other marks and courtesies', () => {
    const missed = SAME.filter(({ a, b }) => formOf(a) !== formOf(b))
    // Other words are other questions here: nobody knows without a model.
    expect(missed.map(({ kind }) => kind)).toEqual(missed.map(() => 'other words'))
    expect(SAME.length - missed.length).toBeGreaterThanOrEqual(36)
  })

  test('of one and the same text is the same', () => {
    for (const { a } of [...DIFFERENT, ...SAME]) expect(formOf(` ${a}\n`)).toBe(formOf(a))
  })
})
