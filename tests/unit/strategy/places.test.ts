import { describe, expect, test } from 'vitest'
import { errorIn, parseStrategy, type Expression } from '../../../src/strategy/index.ts'
import { locateAs, Places, placeIn } from '../../../src/strategy/places.ts'

const TEXT = 'LOG 1\n\nSET x = a +  bee\n'

describe('the place of an offset', () => {
  test('is its line and column in the file, from 1', () => {
    const places = new Places(TEXT, { file: 'a.yaml', line: 10, indentation: 4 })
    const at = (offset: number): string => {
      const { file, line, column } = places.at(offset)
      return `${file}:${line}:${column}`
    }
    expect([0, 4, 5, 6, 7, 11, 24].map(at)).toEqual([
      'a.yaml:10:5',
      'a.yaml:10:9',
      'a.yaml:10:10',
      'a.yaml:11:5',
      'a.yaml:12:5',
      'a.yaml:12:9',
      'a.yaml:13:5',
    ])
  })

  test('is told with the line, where the file is known, and with what to do', () => {
    const source = 'name: a\nLOG 1\n'
    const of = (more: object): string =>
      new Places('LOG 1\n', { file: 'a', line: 2, indentation: 0, ...more }).error(4, 'No.').message
    expect(of({ source })).toBe('a:2:5: No.\n  2 | LOG 1\n          ^')
    expect(of({})).toBe('a:2:5: No.')
    expect(new Places('x', { file: 'a', line: 1, indentation: 0 }).error(0, 'No.', 'Do.').message).toBe(
      'a:1:1: No.\n  Do.',
    )
  })
})

describe('a part of the tree', () => {
  const { value } = parseStrategy(TEXT, { file: 'a.yaml' }).statements[1] as unknown as { value: Expression }
  const elsewhere: Expression = { kind: 'expression', text: 'b' }

  test('knows where it stands, and where each piece of it stood', () => {
    expect(value.text).toBe('a + bee')
    expect([0, 2, 4, 6].map((at) => placeIn(value, at)?.column)).toEqual([9, 11, 14, 16])
    expect(placeIn(value)).toEqual({ file: 'a.yaml', line: 3, column: 9 })
    expect(placeIn(elsewhere)).toBeUndefined()
  })

  test('that takes the place of another stands where that stood', () => {
    expect(placeIn(locateAs({ kind: 'expression', text: 'c' }, value))).toEqual(placeIn(value))
    expect(placeIn(locateAs({ kind: 'expression', text: 'c' }, elsewhere))).toBeUndefined()
  })

  test('has what is wrong with it told there, or at the line that is given', () => {
    const wrong = { problem: 'No.', line: 7, file: 'b.yaml' }
    expect(errorIn(value, { ...wrong, at: 4, hint: 'Do.' }).message).toBe(
      'a.yaml:3:14: No.\n  3 | SET x = a +  bee\n                   ^\n  Do.',
    )
    expect(errorIn(value, wrong)).toMatchObject({ line: 3, column: 9, hint: undefined })
    expect(errorIn(elsewhere, wrong).message).toBe('b.yaml:7:1: No.')
    expect(errorIn(elsewhere, { ...wrong, hint: 'Do.', line: 1, source: 'LOG 1' }).message).toBe(
      'b.yaml:1:1: No.\n  1 | LOG 1\n      ^\n  Do.',
    )
  })
})
