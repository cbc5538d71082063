import { expect, test } from 'vitest'
import { findViolations, Trace } from 'longhaul'
import type { EventOf } from '../../../src/trace/index.ts'

const traceOf = (...requests: Partial<EventOf<'call.refused'>>[]): Trace => {
  const trace = new Trace(() => 0)
  for (const request of requests)
    trace.append({
      type: 'call.refused',
      call: null,
      agent: null,
      provider: null,
      model: null,
      host: 'gateway.example',
      method: 'POST',
      path: '/llm/v1/chat/completions',
      status: null,
      reason: 'outside',
      message: 'Nothing answers.',
      request: null,
      ...request,
    })
  return trace
}

test('a host that nothing simulates is named with what to do, once for all requests to it', () => {
  const found = findViolations(traceOf({ agent: 'ann' }, { agent: 'ben' }, { agent: 'ann' }))
  expect(found).toMatchObject([{ check: 'unsimulated' }])
  const { what } = found[0]!
  expect(what).toContain(
    'ann, ben requested POST gateway.example/llm/v1/chat/completions, 3 times: the test does not simulate',
  )
  expect(what).toContain("baseURLs: ['https://gateway.example/llm/v1']")
  expect(what).toContain("network: { allow: ['gateway.example'] }")
  expect(what).toContain('a handler of msw or nock')
})

test('a child process that asks a simulated host is told of a server, and not of base URLs that the host has', () => {
  const sent = {
    host: 'api.openai.com',
    method: 'CONNECT',
    path: '',
    message: 'The program agent.mjs sent the request.',
  }
  const found = (provider: string) => findViolations(traceOf({ ...sent, provider }))[0]!
  const { what, advice } = found('openai')
  expect(what).toBe(
    'CONNECT api.openai.com: the test simulates openai in its own process only, and another program asked. The program agent.mjs sent the request.',
  )
  expect(what + advice).not.toContain('provider: {')
  expect(advice).toContain('startServer(provider)')
  expect(advice).toContain('`OPENAI_BASE_URL: server.baseURLs.openai` in its environment')
  expect(found('my gateway').advice).toContain("`server.baseURLs['my gateway']` as the base URL of its client")
  expect(findViolations(traceOf(sent))[0]!.what).toContain('does not simulate this host')
})

test('what longhaul lacks is named in its own words', () => {
  const message = 'longhaul does not simulate GET /v1/models of openai'
  const [found] = findViolations(traceOf({ method: 'GET', path: '/v1/models', reason: 'unsimulated', message }))
  expect(found?.what).toBe(`GET gateway.example/v1/models: ${message}`)
})

test('what a service itself refuses is the affair of who asked', () => {
  const reasons = ['invalid', 'malformed', 'unauthorized', 'too_large'] as const
  expect(findViolations(traceOf(...reasons.map((reason, call) => ({ reason, call, status: 400 }))))).toEqual([])
})
