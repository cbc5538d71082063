import { expect, test } from 'vitest'
import { actAs } from '../../../src/provider/index.ts'
import { isCall, refusedEvent, type RefusedRequest } from '../../../src/provider/refused.ts'

const BARE: RefusedRequest = {
  host: 'API.openai.com:443',
  method: 'POST',
  path: '/v1/models?page=2#top',
  status: null,
  reason: 'unsimulated',
  message: 'Nothing simulates this.',
}
const agentOf = (over: Partial<RefusedRequest>) => refusedEvent({ ...BARE, ...over }, 1).agent

test.each<[RefusedRequest['reason'], boolean]>([
  ['outside', false],
  ['unsimulated', false],
  ['invalid', true],
  ['malformed', true],
  ['unauthorized', true],
  ['too_large', true],
])('a request refused as %s counts as a call: %s', (reason, counts) => {
  expect(isCall({ reason })).toBe(counts)
})

test('a refused request is in the trace without its query, and with null for what nobody knows', () => {
  expect(refusedEvent(BARE, null)).toEqual({
    type: 'call.refused',
    call: null,
    agent: null,
    provider: null,
    model: null,
    host: 'api.openai.com:443',
    method: 'POST',
    path: '/v1/models',
    status: null,
    reason: 'unsimulated',
    message: 'Nothing simulates this.',
    request: null,
  })
  expect(refusedEvent({ ...BARE, path: '/#/a' }, null).path).toBe('/')
})

test('what is known of a refused request is in the trace', () => {
  const known = { provider: 'openai', model: 'gpt-4o', agent: 'ann', status: 400, reason: 'invalid' } as const
  expect(refusedEvent({ ...BARE, ...known, path: '/v1', fingerprint: 'f' }, 7)).toMatchObject({
    ...known,
    path: '/v1',
    call: 7,
    request: 'f',
  })
})

test('its agent is named by the header, then by who acts, then by what the request says of its sender', () => {
  const callerHints = ['', 'hinted', 'later']
  expect(agentOf({ callerHints })).toBe('hinted')
  expect(agentOf({ callerHints: [''] })).toBeNull()
  actAs('actor', () => {
    expect(agentOf({ callerHints })).toBe('actor')
    expect(agentOf({ callerHints, agent: '' })).toBe('actor')
    expect(agentOf({ callerHints, agent: 'ann' })).toBe('ann')
  })
})
