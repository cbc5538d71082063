import { expect, test } from 'vitest'
import { otherName } from '../../../src/money/other-names.ts'

const GEMINI = [
  'gemini-2.5-flash',
  'gemini-3-flash-preview',
  'gemini-2.0-flash',
  'gemini-2.5-flash-lite',
  'gemini-2.5-pro',
  'gemini-9-flash-image',
  'not-gemini-9-flash',
]

test.each([
  ['gemini-flash-latest', 'gemini-3-flash-preview'],
  ['gemini-flash-lite-latest', 'gemini-2.5-flash-lite'],
  ['gemini-pro-latest', 'gemini-2.5-pro'],
])('%s is the newest model of its family: %s', (id, newest) => {
  expect(otherName(id, GEMINI)).toBe(newest)
  expect(otherName(id, GEMINI.toReversed())).toBe(newest)
})

test('10 is newer than 9, as versions are numbers', () => {
  expect(otherName('gemini-pro-latest', ['gemini-9.5-pro', 'gemini-10-pro', 'gemini-9-pro'])).toBe('gemini-10-pro')
})

test('a family of which none is listed has no other name', () => {
  expect(otherName('gemini-pro-latest', ['gemini-2.5-flash'])).toBeUndefined()
})

test.each([
  ['us.anthropic.claude', 'anthropic.claude'],
  ['us-gov.anthropic.claude', 'anthropic.claude'],
  ['global.ai21.jamba', 'ai21.jamba'],
])('%s is a model in a region: %s', (id, model) => {
  expect(otherName(id, [])).toBe(model)
})

test.each([
  'anthropic.claude',
  'my-gemini-pro-latest',
  'gemini-pro-latest-2',
  'u.anthropic.claude',
  'x-us.anthropic.claude',
  'us-1.anthropic.claude',
  'us.Anthropic.claude',
])('%s has no other name', (id) => {
  expect(otherName(id, ['gemini-2.5-pro'])).toBeUndefined()
})
