import { describe, expect, test } from 'vitest'
import type { Choice } from '../../../src/provider/call.ts'
import { piecesOf } from '../../../src/provider/pieces.ts'

const choice = (over: Partial<Choice> = {}): Choice => ({
  text: '',
  toolCalls: [],
  finish: 'stop',
  reasoning: undefined,
  stopSequence: undefined,
  tokens: 0,
  ...over,
})
const words = (count: number): string => Array.from({ length: count }, (_, nth) => `w${nth}`).join(' ')

describe('the pieces of an answer', () => {
  test('are its words, the first and the last of which say so', () => {
    expect(piecesOf({ choices: [choice({ text: 'One two  three ' })] })).toEqual([
      { kind: 'text', choice: 0, block: 0, opens: true, closes: false, text: 'One' },
      { kind: 'text', choice: 0, block: 0, opens: false, closes: false, text: ' two' },
      { kind: 'text', choice: 0, block: 0, opens: false, closes: false, text: '  three' },
      { kind: 'text', choice: 0, block: 0, opens: false, closes: true, text: ' ' },
    ])
  })

  test('are 32 at most, of several words each', () => {
    expect(piecesOf({ choices: [choice({ text: words(32) })] })).toHaveLength(32)
    const many = piecesOf({ choices: [choice({ text: words(33) })] })
    expect(many).toHaveLength(17)
    expect(many.map((piece) => (piece.kind === 'text' ? piece.text : '')).join('')).toBe(words(33))
    expect(many.filter(({ opens }) => opens)).toHaveLength(1)
    expect(many.filter(({ closes }) => closes)).toEqual([many.at(-1)])
  })

  test('of nothing are none', () => {
    expect(piecesOf({ choices: [choice()] })).toEqual([])
  })

  test('count their blocks: thoughts, tools of the service, text, calls', () => {
    const use = { kind: 'web_search', name: 'web_search', query: 'rain', id: 'u', result: '' } as never
    const call = { id: 'c', name: 'paint', arguments: '{"a":1}' }
    const pieces = piecesOf({
      choices: [choice({ reasoning: 'Hm.', hosted: [use], text: 'Yes.', toolCalls: [call, call] })],
    })
    expect(pieces.map(({ kind, block }) => [kind, block])).toEqual([
      ['reasoning', 0],
      ['hosted', 1],
      ['text', 2],
      ['tool', 3],
      ['tool', 3],
      ['tool', 4],
      ['tool', 4],
    ])
    expect(pieces[1]).toEqual({ kind: 'hosted', choice: 0, block: 1, opens: true, closes: true, use })
    expect(pieces.slice(3).map((piece) => piece.kind === 'tool' && [piece.tool, piece.opens, piece.closes])).toEqual([
      [0, true, false],
      [0, false, true],
      [1, true, false],
      [1, false, true],
    ])
  })

  test('part no character of the arguments of a call', () => {
    const halves = (given: string) =>
      piecesOf({ choices: [choice({ toolCalls: [{ id: 'c', name: 'p', arguments: given }] })] }).map(
        (piece) => piece.kind === 'tool' && piece.arguments,
      )
    expect(halves('abcd')).toEqual(['ab', 'cd'])
    expect(halves('abcde')).toEqual(['abc', 'de'])
    expect(halves('a🙂b')).toEqual(['a🙂', 'b'])
    expect(halves('🙂bc')).toEqual(['🙂', 'bc'])
    expect(halves('')).toEqual(['', ''])
  })

  test('of several choices come in turn', () => {
    const pieces = piecesOf({ choices: [choice({ text: 'One two three' }), choice({ text: 'Ja nein' })] })
    expect(pieces.map((piece) => [piece.choice, piece.kind === 'text' && piece.text])).toEqual([
      [0, 'One'],
      [1, 'Ja'],
      [0, ' two'],
      [1, ' nein'],
      [0, ' three'],
    ])
  })
})
