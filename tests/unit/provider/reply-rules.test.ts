import { describe, expect, test } from 'vitest'
import { areRules, checkReply, fits, type ReplyRule } from '../../../src/provider/reply-rules.ts'
import { request } from './provider-under-test.ts'

describe('a rule', () => {
  const caller = { agent: 'ann', conversation: 'ann/1', turn: 2 }
  const isFor = (rule: Omit<ReplyRule, 'reply'>, prompt = 'Is it 7?') =>
    fits({ ...rule, reply: 'x' }, request(), caller, prompt)

  test.each<[Omit<ReplyRule, 'reply'>, boolean]>([
    [{}, true],
    [{ agent: 'ann', model: 'gpt-4o-mini', turn: 2, content: '7' }, true],
    [{ agent: 'ben' }, false],
    [{ model: 'gpt-4o' }, false],
    [{ turn: 1 }, false],
    [{ content: '8' }, false],
    [{ content: /^Is/ }, true],
    [{ content: /\d\?$/ }, true],
    [{ content: /^it/ }, false],
    [{ content: '' }, true],
    [{ agent: 'ben', content: '7' }, false],
  ])('%j fits a second question of ann about 7: %s', (rule, does) => {
    expect(isFor(rule)).toBe(does)
  })

  test('with a global pattern fits each time', () => {
    const content = /\d/g
    expect([isFor({ content }), isFor({ content }), isFor({ content })]).toEqual([true, true, true])
  })
})

test.each([
  [[{ text: 'x' }], false],
  [[{ json: null }], false],
  [[{ toolCalls: [] }, 'x'], false],
  [[{ reasoning: 'x' }], false],
  [[{ hosted: [] }], false],
  [[{ refusal: true }], false],
  [[{ pause: true }], false],
  [[{ usage: {} }], false],
  // Mistakes are told as those of a rule.
  [[{ text: 'x', reply: 'y' }], true],
  [[{ txt: 'x' }], true],
  [[null], true],
  [[5], true],
])('%j are rules: %s', (given, are) => {
  expect(areRules(given)).toBe(are)
})

test.each<[unknown, string]>([
  [undefined, 'undefined'],
  [5, '5'],
  [null, 'null'],
  [['Yes.'], '["Yes."]'],
])('a function that returns %j is told what to return', (given, shown) => {
  const message = `The reply function returned ${shown} for the agent ann. Return a text, or an object such as { text: 'Yes.' } or toolCall('search', { query: 'x' }).`
  expect(() => checkReply(given as string, 'ann')).toThrow(
    expect.objectContaining({ name: 'WrongReplyError', message }) as Error,
  )
})

test.each([['Yes.'], [''], [{ text: 'Yes.' }], [{}]])('a function may return %j', (given) => {
  expect(checkReply(given, 'ann')).toBe(given)
})
