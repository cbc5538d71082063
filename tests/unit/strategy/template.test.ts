import { describe, expect, test } from 'vitest'
import { ExpressionError, fill, fillAll, fillKept, fillKnown } from '../../../src/strategy/index.ts'

const scope = { name: 'Ann', round: 3, list: ['a', 'b'], person: { mood: 'calm' } }

describe('a text with holes', () => {
  test.each([
    ['Hello.', 'Hello.'],
    ['Hello {{name}}.', 'Hello Ann.'],
    ['{{name}} {{round}}', 'Ann 3'],
    ['{{person.mood}}, {{ round + 1 }}', 'calm, 4'],
    ['{{list}} of {{name}}', '["a","b"] of Ann'],
    ['{{ not closed', '{{ not closed'],
    ['', ''],
  ])('%s is filled', (text, filled) => {
    expect([fill(text, scope), fillKnown(text, scope), fillKept(text, scope)]).toEqual([filled, filled, filled])
  })

  test('that is one hole alone becomes its value', () => {
    expect(fill('{{round}}', scope)).toBe(3)
    expect(fill('{{list}}', scope)).toEqual(['a', 'b'])
    expect(fill(' {{round}}', scope)).toBe(' 3')
  })
})

describe('a hole that nothing fills', () => {
  test('is a mistake, shown with its place', () => {
    const error = errorOf(() => fill('Hi {{nobody}}.', scope))
    expect(error.message).toMatch(/^\{\{nobody\}\}: there is no variable "nobody"/)
    expect(error.at).toBe(5)
  })

  test('stays where a reader may know what is meant, unless it is nearly the name of a variable', () => {
    expect(fillKnown('Hi {{nobody}} and {{name}}.', scope)).toBe('Hi {{nobody}} and Ann.')
    expect(fillKnown('{{nobody}}', scope)).toBe('{{nobody}}')
    expect(() => fillKnown('Hi {{personn}}.', scope)).toThrow('Did you mean "person"?')
  })

  test('stays whatever it is, where an event carries what it carries', () => {
    expect(fillKept('{{rounds}} {{name}} {{round * name}}', scope)).toBe('{{rounds}} Ann {{round * name}}')
  })
})

describe('all texts within a value', () => {
  const value = { to: '{{name}}', list: ['{{round}}', 7, null, { deep: 'x {{name}}' }], flag: true }

  test('are filled, and what is no text stays', () => {
    expect(fillAll(value, scope)).toEqual({ to: 'Ann', list: [3, 7, null, { deep: 'x Ann' }], flag: true })
    expect([fillAll(null, scope), fillAll(5, scope), fillAll('{{round}}', scope)]).toEqual([null, 5, 3])
  })

  test('are filled in the way that is asked for', () => {
    expect(fillAll(['{{nobody}}', '{{name}}'], scope, fillKept)).toEqual(['{{nobody}}', 'Ann'])
    expect(() => fillAll(['{{nobody}}'], scope)).toThrow(ExpressionError)
  })
})

function errorOf(work: () => unknown): ExpressionError {
  try {
    work()
  } catch (error) {
    return error as ExpressionError
  }
  throw new Error('It was filled.')
}
