import { expect, test } from 'vitest'
import { applies, scopeOfToday, type CallScope } from '../../../src/provider/call-scope.ts'

test.each<[CallScope, boolean]>([
  [{}, true],
  [{ agent: 'ann' }, true],
  [{ model: 'm' }, true],
  [{ service: 'openai' }, true],
  [{ agent: 'ann', model: 'm', service: 'openai' }, true],
  [{ agent: 'ben', model: 'm', service: 'openai' }, false],
  [{ agent: 'ann', model: 'n', service: 'openai' }, false],
  [{ agent: 'ann', model: 'm', service: 'google' }, false],
])('%j selects a call of ann to m of openai: %s', (scope, does) => {
  expect(applies(scope, { agent: 'ann', model: 'm', provider: 'openai' })).toBe(does)
})

test.each<[CallScope, CallScope]>([
  [{ provider: 'openai' }, { service: 'openai' }],
  [
    { provider: 'openai', service: 'google', agent: 'ann' },
    { service: 'google', agent: 'ann' },
  ],
  [{ agent: 'ann' }, { agent: 'ann' }],
])('%j is the scope %j', (given, today) => {
  expect(scopeOfToday(given)).toEqual(today)
})
