import { describe, expect, test } from 'vitest'
import type { ToolCall } from '../../../src/provider/call.ts'
import { cutContent, spokenTokens, type Content } from '../../../src/provider/content.ts'
import type { Tokenizer } from '../../../src/provider/tokens.ts'

/** Each letter is a token. */
const letters: Tokenizer = { count: (text) => text.length, cut: (text, tokens) => text.slice(0, tokens) }
const call = (name: string, given: string): ToolCall => ({ id: 'c', name, arguments: given })
const use = (name: string, query: string): Content['hosted'][number] =>
  ({ kind: name, name, query }) as unknown as Content['hosted'][number]
const content = (over: Partial<Content> = {}): Content => ({
  reasoning: '',
  reasoningTokens: 0,
  hosted: [],
  text: '',
  toolCalls: [],
  finish: 'stop',
  usage: {},
  ...over,
})

test('what is said is counted: text, names and arguments of calls, queries of tools', () => {
  const said = content({ reasoning: 'never', text: 'abc', toolCalls: [call('de', 'fgh')], hosted: [use('i', 'jk')] })
  expect(spokenTokens(said, letters)).toBe(3 + 2 + 3 + 1 + 2)
  expect(spokenTokens(content(), letters)).toBe(0)
})

describe('what is cut at a limit of tokens', () => {
  const cut = (over: Partial<Content>, most: number) => {
    const { text, toolCalls, hosted, finish } = cutContent(content(over), most, letters)
    expect(finish).toBe('length')
    return [hosted.map(({ query }) => query), text, toolCalls.map(({ name, arguments: given }) => `${name} ${given}`)]
  }

  test('is the end of a text', () => {
    expect(cut({ text: 'abcdef' }, 4)).toEqual([[], 'abcd', []])
    expect(cut({ text: 'abcdef' }, 6)).toEqual([[], 'abcdef', []])
    expect(cut({ text: 'abcdef' }, 0)).toEqual([[], '', []])
  })

  test('is the end of the arguments of a call, once its name is said', () => {
    const of = { text: 'ab', toolCalls: [call('cd', 'efg'), call('h', 'i')] }
    expect(cut(of, 9)).toEqual([[], 'ab', ['cd efg', 'h i']])
    expect(cut(of, 8)).toEqual([[], 'ab', ['cd efg', 'h ']])
    expect(cut(of, 7)).toEqual([[], 'ab', ['cd efg']])
    expect(cut(of, 5)).toEqual([[], 'ab', ['cd e']])
    expect(cut(of, 4)).toEqual([[], 'ab', ['cd ']])
    expect(cut(of, 3)).toEqual([[], 'ab', []])
  })

  test('is a tool of the service as a whole', () => {
    const of = { hosted: [use('a', 'bc')], text: 'def' }
    expect(cut(of, 4)).toEqual([['bc'], 'd', []])
    expect(cut(of, 3)).toEqual([['bc'], '', []])
    expect(cut(of, 2)).toEqual([[], '', []])
  })
})
