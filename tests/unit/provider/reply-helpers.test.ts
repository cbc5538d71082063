import { expect, test } from 'vitest'
import { sequence, type ProviderConfig } from '../../../src/provider/index.ts'
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
