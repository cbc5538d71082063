import { expect, test } from 'vitest'
import { json, sequence, toolCall, whenAsked, type ProviderConfig } from '../../../src/provider/index.ts'
import { providerOptions } from '../../../src/provider/options/config.ts'

test('a sequence without answers is refused, and told what to give', () => {
  const says = "sequence() was given no answers. Give one or more, such as sequence('yes', 'no')."
  expect(() => sequence()).toThrow(says)
  expect(() => sequence([])).toThrow(says)
})

test('a sequence refuses an option that nobody reads', () => {
  expect(() => sequence(['yes'], { bi: 'call' } as never)).toThrow('sequence() has no option "bi". Did you mean "by"?')
})

test('a list of answers without one is refused where it stands', () => {
  const config: ProviderConfig = { agents: { ann: { reply: [] } } }
  expect(() => providerOptions(config, 'provider')).toThrow(
    'provider.agents.ann.reply is an empty list. Give one answer or more.',
  )
})

test.each([
  ['answers one by one', sequence('yes', { text: 'no' }), { sequence: ['yes', { text: 'no' }], by: 'call' }],
  ['a list of answers', sequence(['yes', 'no']), { sequence: ['yes', 'no'], by: 'call' }],
  ['turns', sequence(['yes', 'no'], { by: 'conversation' }), { sequence: ['yes', 'no'], by: 'conversation' }],
  [
    'a tool with arguments',
    toolCall('look', { at: 'sky' }),
    { toolCalls: [{ name: 'look', arguments: { at: 'sky' } }] },
  ],
  ['a tool with a text', toolCall('write', 'Dear'), { toolCalls: [{ name: 'write', arguments: 'Dear' }] }],
  ['a tool without arguments', toolCall('now'), { toolCalls: [{ name: 'now', arguments: {} }] }],
  ['JSON', json([1, null]), { json: [1, null] }],
  ['a rule for all', whenAsked('time', 'Noon.'), { content: 'time', reply: 'Noon.' }],
  [
    'a rule for one agent',
    whenAsked(/weather/, 'Rain.', { agent: 'ann', model: 'gpt-4o', turn: 2 }),
    { agent: 'ann', model: 'gpt-4o', turn: 2, content: /weather/, reply: 'Rain.' },
  ],
])('%s', (_, made, reply) => {
  expect(made).toEqual(reply)
})
