import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { evaluate, ExpressionError, fill, mistakeIn, type Json } from '../../../src/strategy/index.ts'

const scope: Record<string, Json> = {
  name: 'Ann',
  nothing: null,
  zero: 0,
  two: 2,
  said: '12',
  list: ['a', 'b'],
  numbers: [3, 1, 2],
  found: [
    { agent: 'ann', score: 3 },
    { agent: 'ben', score: 5 },
  ],
  object: { name: 1, inner: { a: [1] } },
  votes: ['yes'],
  'votes.missing': ['ben'],
}

describe('an expression', () => {
  test.each([
    ['"Hello " + name', 'Hello Ann'],
    ['"n = " + two', 'n = 2'],
    ['list + ["c"]', ['a', 'b', 'c']],
    ['zero || 3', 3],
    ['nothing || 3', 3],
    ['"0" || 3', '0'],
    ['"" or "nobody"', 'nobody'],
    ['name and two', 2],
    ['not two == 2', false],
    ['not "c" in list', true],
    ['"c" not in list', true],
    ['"name" in object', true],
    ['[1, { a: 2 }] == [1, { a: 2 }]', true],
    ['object.inner.a[0]', 1],
    ['object["inner"].a', [1]],
    ['object.nobody', null],
    ['list[-1]', 'b'],
    ['name[0]', 'A'],
    ['2 ^ 3 ^ 2', 512],
    ['-2 ^ 2', -4],
    ['1 - 2 - 3', -4],
    ['two > 1 ? "many" : two == 1 ? "one" : "none"', 'many'],
    ['filter(found, it.score > 4)', [{ agent: 'ben', score: 5 }]],
    ['map(found, each -> each.agent)', ['ann', 'ben']],
    ['found.filter(it.score > 4).map(it.agent)', ['ben']],
    ['filter(found, f -> any(numbers, it == f.score))', [{ agent: 'ann', score: 3 }]],
    ['all(numbers, it > 0)', true],
    ['find(found, it.agent == "ben").score', 5],
    ['sort(numbers)', [1, 2, 3]],
    ['map(sort(found, -it.score), it.agent)', ['ben', 'ann']],
    ['substring(name, 1)', 'nn'],
    ['slice(name, 0, 2)', 'An'],
    ['replace("a-b", "-", "+")', 'a+b'],
    ['index_of(list, "b")', 1],
    ['{ a: 1, [name]: two, "{{name}}!": 3 }', { a: 1, Ann: 2, 'Ann!': 3 }],
    ['"{{two + 1}} of {{len(list)}}"', '3 of 2'],
    ['"{{numbers}}"', [3, 1, 2]],
    ['votes.missing', ['ben']],
    ['"{{len(votes.missing)}}"', 1],
    ['max(numbers)', 3],
    ['max(range(500000))', 499_999],
    ['number("1.5")', 1.5],
    ['unique([{ a: 1 }, { a: 1 }, 1, "1"])', [{ a: 1 }, 1, '1']],
  ])('%s gives %j', (text, value) => {
    expect(evaluate(text, scope)).toEqual(value)
  })

  test.each([
    // What is wrong, where it is, and what is said of it.
    ['"Hello " + nothing', 9, 'nothing (null)'],
    ['"a" - 1', 4, '- needs two numbers, not the text "a"'],
    ['said * 2', 5, 'number(…) converts a text to a number'],
    ['two + (list - 1)', 12, 'not the list ["a","b"]'],
    ['true + 1', 5, 'the boolean true'],
    ['name < 1', 5, '< compares two numbers or two texts'],
    ['1 < two < 3', 8, 'the boolean true'],
    ['two / zero', 4, '/ by 0 does not give a number'],
    ['two % zero', 4, '% by 0'],
    ['10 ^ 400', 3, 'does not give a finite number'],
    ['1 in two', 2, 'in needs a list, a text or an object'],
    ['-name', 0, '- needs a number'],
    ['list[5]', 4, 'there is no item 5: the list has 2'],
    ['list["a"]', 4, 'whole numbers from 0'],
    ['list[0.5]', 4, 'whole numbers from 0'],
    ['two[0]', 3, 'a list, a text or an object has items'],
    ['object.naem', 7, 'Did you mean "name"?'],
    ['object.name.first', 12, 'in the number 1'],
    ['nothing.a', 8, 'in nothing (null)'],
    ['list.first', 5, 'There are: length, count, empty'],
    ['len(5)', 4, 'needs a text, a list or an object'],
    ['len()', 0, 'takes 1 value, not 0'],
    ['round(1, 2, 3)', 0, 'takes 1 to 2 values, not 3'],
    ['sum(list)', 4, 'needs numbers'],
    ['max([])', 0, 'the list is empty'],
    ['number("many")', 0, 'not the text "many"'],
    ['range(1.5)', 6, 'needs a whole number'],
    ['range(0, 10000000)', 0, 'more than 1000000 numbers'],
    ['pluck(list, "x")', 0, 'item 0 of the list is the text "a"'],
    ['sort([1, "a"])', 0, 'values of one kind'],
    ['chunk(list, 0)', 12, 'a whole number from 1'],
    ['filter(found, it.score > "a")', 23, '> compares'],
    ['filter(two, it)', 7, 'needs a list'],
    ['1e400', 0, 'too large for a number'],
    ['{ a: 1, a: 2 } == 1', 8, 'contains the name "a" twice'],
    ['{ [object]: 1 } == 1', 3, 'the name of a member must be a text'],
    ['"{{nobody}}"', 3, 'There is no variable "nobody"'],
    ['"{{object.nobody}}"', 10, 'there is no "nobody"'],
    ['"{{two two}}"', 3, 'an operator is missing'],
    ['nmae', 0, 'Did you mean "name"?'],
    ['two = 3', 4, 'to compare, write "=="'],
  ])('%s is an error at %i', (text, at, message) => {
    const read = () => evaluate(text, scope)
    expect(read).toThrow(ExpressionError)
    expect(read).toThrow(message)
    expect(read).toThrow(expect.objectContaining({ at }))
  })

  test('what is wrong whatever the variables are is known before anything runs; what only its values make wrong is not', () => {
    expect(mistakeIn('x + ("a" * 2)')?.message).toContain('* needs two numbers')
    expect(mistakeIn('upper(5)')?.message).toContain('needs a text')
    for (const text of ['x * 2', '1 / 0', 'max([])', 'x.y']) expect(mistakeIn(text)).toBeUndefined()
  })

  test('gives plain data or an error, whatever it is made of', () => {
    const value = fc.constantFrom(
      'name',
      'nothing',
      'zero',
      'two',
      'list',
      'object',
      'found',
      '"a"',
      '1',
      'true',
      '[1]',
      '{ a: 1 }',
    )
    const operator = fc.constantFrom('+', '-', '*', '/', '%', '^', '==', '<', '>=', 'in', 'not in', 'and', 'or', '||')
    const named = fc.constantFrom(
      ...'len sum mean min max abs round number text upper join split keys values first last sort unique reverse trim'.split(
        ' ',
      ),
    )
    const plain = (each: Json): boolean =>
      typeof each === 'number' ? Number.isFinite(each) : typeof each !== 'function' && each !== undefined
    const expression = fc.oneof(
      fc.tuple(value, operator, value).map((parts) => parts.join(' ')),
      fc.tuple(value, operator, value, operator, value).map((parts) => parts.join(' ')),
      fc.tuple(named, value).map(([name, given]) => `${name}(${given})`),
      fc.tuple(named, value, value).map(([name, first, second]) => `${name}(${first}, ${second})`),
      fc.tuple(value, value).map(([of, index]) => `${of}[${index}]`),
      fc.tuple(value, fc.constantFrom('name', 'count', 'constructor', 'x')).map((parts) => parts.join('.')),
    )
    fc.assert(
      fc.property(expression, (text) => {
        try {
          expect(plain(evaluate(text, scope))).toBe(true)
        } catch (error) {
          expect(error).toBeInstanceOf(ExpressionError)
          expect((error as ExpressionError).at).toBeLessThanOrEqual(text.length)
        }
      }),
      { numRuns: 5_000, seed: 4 },
    )
  })
})

describe('a template', () => {
  test.each([
    ['{{len(list)}}', 2],
    ['{{len(list)}} items', '2 items'],
    ['{{ object.inner }}!', '{"a":[1]}!'],
    ['{{ not closed', '{{ not closed'],
    ['{{ { a: two } }}', { a: 2 }],
  ])('%s gives %j', (text, value) => {
    expect(fill(text, scope)).toEqual(value)
  })

  test.each([
    ['Hi {{nobody}}', 5, '{{nobody}}: there is no variable "nobody"'],
    ['{{len(lst)}}', 6, 'Did you mean "list"?'],
    ['{{two two}}', 2, 'an operator is missing'],
    ['{{ }}', 3, 'the expression ends too early'],
    ['{{object.nobody}}', 9, 'there is no "nobody"'],
  ])('%s is an error at %i', (text, at, message) => {
    expect(() => fill(text, scope)).toThrow(message)
    expect(() => fill(text, scope)).toThrow(expect.objectContaining({ at }))
  })
})
