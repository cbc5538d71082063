import { expect, test } from 'vitest'
import type { Content } from '../../../../src/wire/google/content-request.ts'
import { brokenTurn } from '../../../../src/wire/google/turns.ts'

const user = (text: string): Content => ({ role: 'user', parts: [{ text }] })
const calls = (...names: string[]): Content => ({
  role: 'model',
  parts: names.map((name) => ({ functionCall: { name } })),
})
const results = (...names: string[]): Content => ({
  role: 'user',
  parts: names.map((name) => ({ functionResponse: { name, response: {} } })),
})

test.each<[string, Content[]]>([
  ['a question', [user('Rome?')]],
  ['a call and its result', [user('Rome?'), calls('a'), results('a')]],
  ['parallel calls, the results in one turn', [user('Rome?'), calls('a', 'b'), results('a', 'b')]],
  ['parallel calls, the results in several turns', [user('Rome?'), calls('a', 'b'), results('a'), results('b')]],
  ['a call after a result', [user('Rome?'), calls('a'), results('a'), calls('b'), results('b')]],
  ['a turn that the model has begun', [user('Rome?'), { role: 'model', parts: [{ text: 'It is' }] }]],
  ['a turn of nobody', [{ parts: [{ text: 'Rome?' }] }]],
  ['an empty text of the model', [user('Rome?'), { role: 'model', parts: [{ text: '' }] }, user('And?')]],
])('%s is a conversation', (_, contents) => {
  expect(brokenTurn(contents, 'gemini-2.5-flash')).toBeUndefined()
})

test.each<[string, Content[], RegExp]>([
  ['a call without a result', [user('Rome?'), calls('a'), user('Well?')], /number of function response parts/],
  ['a call at the end', [user('Rome?'), calls('a')], /number of function response parts/],
  ['too many results', [user('Rome?'), calls('a'), results('a', 'b')], /number of function response parts/],
  ['a result without a call', [user('Rome?'), results('a')], /immediately after a function call turn/],
  [
    'a result given twice',
    [user('?'), calls('a'), results('a'), user('?'), results('a')],
    /after a function call turn/,
  ],
  ['a call before any question', [calls('a'), results('a')], /function call turn comes immediately after a user turn/],
  ['an unknown role', [{ role: 'assistant', parts: [{ text: 'x' }] }], /valid role/],
  [
    'a turn of nothing',
    [user('Rome?'), { role: 'model', parts: [] }],
    /contents\[1\]\.parts: contents\.parts must not/,
  ],
  ['a part of nothing', [{ role: 'user', parts: [{}] }], /required oneof field 'data'/],
  ['an empty question', [user('')], /required oneof field 'data'/],
])('%s is refused', (_, contents, words) => {
  expect(brokenTurn(contents, 'gemini-2.5-flash')).toMatchObject({ message: expect.stringMatching(words) })
})

test('signatures are demanded by models from the third generation on, within the turn under way', () => {
  const lost = [user('Rome?'), calls('a'), results('a')]
  expect(brokenTurn(lost, 'gemini-3-pro-preview')).toMatchObject({ message: /thought_signature/ })
  expect(brokenTurn([...lost, user('And Paris?')], 'gemini-3-pro-preview')).toBeUndefined()
})
