import { expect, test } from 'vitest'
import { ownUse } from '../../../src/provider/hosted.ts'
import { request } from './provider-under-test.ts'

const search = { kind: 'web_search', name: 'web_search' }
const code = { kind: 'code_interpreter', name: 'python' }
const use = (over: object, question = 'What is the weather?') =>
  ownUse(
    request({
      messages: [
        { role: 'user', text: question, toolCalls: [], cacheBreakpoint: false },
        { role: 'assistant', text: 'Hm.', toolCalls: [], cacheBreakpoint: false },
        { role: 'user', text: '', toolCalls: [], cacheBreakpoint: false },
      ],
      ...over,
    }),
  )

test('a model asks the first tool of the service the question that it was asked', () => {
  expect(use({ hosted: [search, code] })).toEqual({ ...search, query: 'What is the weather?' })
})

test('a model uses the tool that it has to', () => {
  expect(use({ hosted: [search, code], toolChoice: { kind: 'tool', name: 'python' } })).toMatchObject({
    name: 'python',
  })
  expect(use({ hosted: [search], toolChoice: { kind: 'tool', name: 'paint' } })).toBeUndefined()
})

test('a model uses none where there is none, or it must not', () => {
  expect(use({})).toBeUndefined()
  expect(use({ hosted: [search], toolChoice: { kind: 'none' } })).toBeUndefined()
})

test('a model that is asked nothing asks nothing', () => {
  expect(use({ hosted: [search], messages: [] })!.query).toBe('')
  expect(use({ hosted: [search] }, '')!.query).toBe('')
})

test('a tool that runs code is given a program', () => {
  expect(use({ hosted: [code] }, 'Say "hi"')!.query).toBe(String.raw`print("Say \"hi\"")`)
})

test('a long question is cut at a word, and only its first line is asked', () => {
  expect(use({ hosted: [search] }, '  One.\nTwo.')!.query).toBe('One.')
  expect(use({ hosted: [search] }, 'x'.repeat(80))!.query).toBe('x'.repeat(80))
  expect(use({ hosted: [search] }, `${'word '.repeat(15)}${'y'.repeat(20)}`)!.query).toBe('word '.repeat(15).trimEnd())
})
