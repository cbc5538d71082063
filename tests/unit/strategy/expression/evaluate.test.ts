import { describe, expect, test } from 'vitest'
import {
  evaluate,
  ExpressionError,
  mistakeIn,
  namesIn,
  readsOf,
  readsOfTemplate,
} from '../../../../src/strategy/index.ts'

const scope = {
  name: 'Ann',
  list: ['a', 'b'],
  object: { a: 1, A: 2, inner: { first: 1 } },
  nothing: null,
  endless: Number.POSITIVE_INFINITY,
  round: 3,
  votes: ['yes'],
  'votes.missing': ['ben'],
}

const errorOf = (text: string): ExpressionError => {
  try {
    evaluate(text, scope)
  } catch (error) {
    if (error instanceof ExpressionError) return error
    throw error
  }
  throw new Error(`"${text}" was evaluated.`)
}

describe('what is wrong with an expression', () => {
  test('stands behind the expression, of which sixty letters are shown', () => {
    const sixty = `${'1 + '.repeat(13)}len(200)`
    expect(errorOf(sixty).message).toBe(
      `${sixty}: len(value) needs a text, a list or an object as value, not the number 200.`,
    )
    expect(errorOf(`0${sixty}`).message).toMatch(/^01 \+ (1 \+ ){12}len\(200…: len\(value\) needs/)
    expect(errorOf('name\n- 1').message).toMatch(/^name\\n- 1: - needs two numbers/)
  })

  test.each([
    // Of which kind it is, and whether a model may know what is meant.
    ['nobody', 'name', true, 'There is no variable "nobody". There are: '],
    ['nmae', 'name', false, 'There is no variable "nmae". Did you mean "name"?'],
    ['endless', 'value', true, 'endless: "endless" is Infinity, which is not a number.'],
    [
      'object.innre',
      'name',
      false,
      'object.innre: there is no "innre". Did you mean "inner"? get(…, "innre") returns null if the name is missing.',
    ],
    ['name.x', 'type', true, 'name.x: there is no "x" in a text. There are: length, count, empty.'],
    ['list.x', 'type', true, 'list.x: there is no "x" in a list. There are: length, count, empty.'],
    ['nothing.x', 'type', true, 'nothing.x: there is no "x" in nothing (null).'],
    ['round.x', 'type', true, 'round.x: there is no "x" in the number 3.'],
    [
      '"{{object.nobody}}"',
      'type',
      true,
      '"{{object.nobody}}": there is no "nobody" in the object {"a":1,"A":2,"inner":{"first":1}}.',
    ],
    ['list[2]', 'value', true, 'list[2]: there is no item 2: the list has 2, the first of them at 0.'],
    ['list[-3]', 'value', true, 'list[-3]: there is no item -3: the list has 2, the first of them at 0.'],
    ['""[0]', 'value', true, '""[0]: there is no item 0: the text is empty.'],
    ['list[0.5]', 'type', true, 'list[0.5]: a list has items at whole numbers from 0, not at the number 0.5.'],
    ['name["a"]', 'type', true, 'name["a"]: a text has items at whole numbers from 0, not at the text "a".'],
    ['round[0]', 'type', true, 'round[0]: a list, a text or an object has items, not the number 3.'],
    ['nothing[0]', 'type', true, 'nothing[0]: a list, a text or an object has items, not nothing (null).'],
    ['object[0]', 'type', true, 'object[0]: an object has texts as names, not the number 0.'],
    ['object["__pro" + "to__"]', 'name', false, 'object["__pro" + "to__"]: "__proto__" cannot be a name.'],
    [
      '{ [list]: 1 } == 1',
      'type',
      true,
      '{ [list]: 1 } == 1: the name of a member must be a text, not the list ["a","b"].',
    ],
    ['{ ["__pro" + "to__"]: 1 } == 1', 'name', false, '{ ["__pro" + "to__"]: 1 } == 1: "__proto__" cannot be a name.'],
    [
      '"a" + nothing',
      'type',
      true,
      '"a" + nothing: + joins a text with a value, not with nothing (null). text(…) converts null to "null".',
    ],
    [
      'nothing + "a"',
      'type',
      true,
      'nothing + "a": + joins a text with a value, not with nothing (null). text(…) converts null to "null".',
    ],
    [
      'list + 1',
      'type',
      true,
      'list + 1: + needs two numbers, two lists, or a text, not the list ["a","b"] and the number 1.',
    ],
    ['1 - " "', 'type', true, '1 - " ": - needs two numbers, not the text " ".'],
    ['"7" * 2', 'type', true, '"7" * 2: * needs two numbers, not the text "7". number(…) converts a text to a number.'],
    ['1 / 0', 'value', true, '1 / 0: / by 0 does not give a number.'],
    ['1 % 0', 'value', true, '1 % 0: % by 0 does not give a number.'],
    ['10 ^ 400', 'value', true, '10 ^ 400: ^ does not give a finite number.'],
    ['1e308 + 1e308', 'value', true, '1e308 + 1e308: + does not give a finite number.'],
    ['1 < "1"', 'type', true, '1 < "1": < compares two numbers or two texts, not the number 1 with the text "1".'],
    ['1 in "1"', 'type', true, '1 in "1": in searches a text for a text, not for the number 1.'],
    ['1 in object', 'type', true, '1 in object: in searches an object for a name, not for the number 1.'],
    ['1 in 2', 'type', true, '1 in 2: in needs a list, a text or an object, not the number 2.'],
    ['+name', 'type', true, '+name: + needs a number, not the text "Ann".'],
    ['-name', 'type', true, '-name: - needs a number, not the text "Ann".'],
  ])('%s', (text, problem, unknown, message) => {
    expect(errorOf(text)).toMatchObject({ problem, unknown, message: expect.stringContaining(message) as string })
  })
})

test.each<[string, unknown]>([
  ['true ? 1 : 2', 1],
  ['nothing ? 1 : round ? 2 : 3', 2],
  ['[list.length, list.count, list.empty, "".empty, name.length]', [2, 2, false, true, 3]],
  ['[object.a, object.A, object.nobody]', [1, 2, null]],
  ['[object["a"], object["nobody"], object["toString"]]', [1, null, null]],
  ['[list[0], list[-1], list[-2], name[-1]]', ['a', 'b', 'a', 'n']],
  ['[-round, +round, - -round, -(1 + 1)]', [-3, 3, 3, -2]],
  ['[7 % 4, 7 / 2, 2 ^ 3, 7 - 2 - 1]', [3, 3.5, 8, 4]],
  ['[1 <= 1, 1 < 1, 1 >= 1, 1 > 1, "a" < "b", "b" <= "a"]', [true, false, true, false, true, false]],
  [
    '[1 == "1", 1 != "1", [1, [2]] == [1, [2]], [1] == [1, 2], { a: 1 } == { a: 1, b: 2 }, null == {}]',
    [false, true, true, false, false, false],
  ],
  ['[{ a: 1 } == { b: 1 }, [] == {}, {} == [], { a: [1] } == { a: [1] }]', [false, false, false, true]],
  [
    '["a" in list, "c" in list, "n" in name, "a" in object, "toString" in object, ["a"] in [["a"]]]',
    [true, false, true, true, false, true],
  ],
  ['["a" not in list, "c" not in list]', [false, true]],
  ['[0 or "", "" || 5, 1 and 2, 0 and nobody, 1 or nobody]', ['', 5, 2, 0, 1]],
  ['[not [], not {}, not [0], not { a: 0 }, not "", not "0"]', [true, true, false, false, true, false]],
  ['"{{round}} of {{list}}{{nothing}}"', '3 of ["a","b"]null'],
  ['["{{list}}", "{{list}} "]', [['a', 'b'], '["a","b"] ']],
  ['votes.missing', ['ben']],
  ['map([{ missing: 1 }], votes -> votes.missing)', [1]],
  ['[None, True, False, NOT 1, 1 AND 2, 0 OR 2, "a" IN list]', [null, true, false, false, 2, 2, true]],
])('%s is %j', (text, value) => {
  expect(evaluate(text, scope)).toEqual(value)
})

describe('before anything runs', () => {
  test('the names that an expression reads are known, with their places', () => {
    expect(readsOf('a + len(b.c) + map(d, e -> e + f) + map(g, it)')).toEqual([
      { name: 'a', at: 0 },
      { name: 'b', at: 8 },
      { name: 'd', at: 19 },
      { name: 'f', at: 31 },
      { name: 'g', at: 40 },
    ])
    expect(readsOf('{ a, [b]: c, "{{d}}": e ? f : g[h] }').map(({ name }) => name)).toEqual([...'abcdefgh'])
    expect(readsOf('not -a')).toEqual([{ name: 'a', at: 5 }])
    expect(readsOf('a +')).toEqual([])
    expect(readsOfTemplate('a {{b}} and {{c + 1}}')).toEqual([
      { name: 'b', at: 4 },
      { name: 'c', at: 14 },
    ])
  })

  test('each name is known once, and so are functions that there are not', () => {
    expect(namesIn('a + b + a')).toEqual(['a', 'b'])
    expect(namesIn('a + fancy(b)')).toEqual(['fancy'])
    expect(namesIn('a +')).toEqual([])
  })

  test('what no variable can mend is a mistake', () => {
    expect(mistakeIn('x + ("a" * 2)')).toMatchObject({ problem: 'type', at: 9 })
    expect(mistakeIn('x > (')).toMatchObject({ message: 'the expression ends too early' })
    expect(mistakeIn('lenn(x)')).toMatchObject({ problem: 'name' })
    for (const text of ['fancy(x)', 'x * 2', '1 / 0', 'map(x, it * 2)', 'max(1, 2)'])
      expect(mistakeIn(text)).toBeUndefined()
  })
})
