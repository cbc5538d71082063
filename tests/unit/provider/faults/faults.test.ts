import { afterEach, describe, expect, test } from 'vitest'
import type { Answer } from '../../../../src/provider/call.ts'
import { FAULT_NAMES, type Fault } from '../../../../src/provider/faults/index.ts'
import type { ProviderConfig } from '../../../../src/provider/index.ts'
import { provide, replyIn, request } from '../provider-under-test.ts'

const WORDS = Array.from({ length: 40 }, (_, nth) => `word${nth}`).join(' ')
let stop = (): void => {}
afterEach(() => stop())

/** What one call that a fault befalls comes to, at a latency of ten seconds. */
async function befallen(fault: Fault, { stream = false, ...config }: ProviderConfig & { stream?: boolean } = {}) {
  const { provider, ask, trace, clock } = provide({ latency: '10s', replies: WORDS, ...config })
  stop = () => clock.stop()
  provider.failNext(1, fault)
  const start = clock.now()
  const parts = await ask({ stream })
  const [end] = trace.ofType('call.ended', 'call.failed')
  return { parts, last: parts.at(-1)!, at: parts.at(-1)!.at - start, end: end!, ledger: provider.ledger.total }
}

describe('a fault that refuses a call', () => {
  test.each<[Fault, number, object, string]>([
    ['rate_limited', 200, { kind: 'rate_limited', limit: 'requests' }, 'The limit on requests is reached'],
    ['overloaded', 500, { kind: 'overloaded' }, 'The service is overloaded.'],
    ['server_error', 5_000, { kind: 'server_error' }, 'The server had an error.'],
    ['bad_gateway', 3_000, { kind: 'bad_gateway' }, 'The gateway got no answer from the service.'],
    ['unauthorized', 200, { kind: 'unauthorized' }, 'The key is not valid.'],
    [
      'model_retired',
      200,
      { kind: 'model_retired', model: 'gpt-4o-mini' },
      'The model gpt-4o-mini is no longer served.',
    ],
    ['prompt_filtered', 500, { kind: 'prompt_filtered' }, "The service's filter refused the prompt."],
    ['quota_exhausted', 200, { kind: 'quota_exhausted' }, 'The quota of the account is used up; the quota resets in'],
  ])('%s, does so after %i ms, and bills nothing', async (fault, at, refusal, message) => {
    const found = await befallen(fault)
    expect(found.at).toBe(at)
    expect(found.last).toMatchObject({ kind: 'refusal', refusal, model: 'gpt-4o-mini' })
    expect(found.end).toMatchObject({ type: 'call.failed', fault, cost: 0, afterMs: at })
    expect(found.end).toMatchObject({ message: expect.stringContaining(message) as string })
    expect(found.ledger).toMatchObject({ calls: 1, failed: 1, cost: 0n })
  })

  test('tells its client when to try again, where the service does so', async () => {
    expect((await befallen('rate_limited', { retryAfter: '7s' })).end).toMatchObject({ retryAfterMs: 7_000 })
    stop()
    expect((await befallen('server_error', { retryAfter: '7s' })).end).toMatchObject({ retryAfterMs: null })
  })

  test('by a quota says when that is whole again: at a midnight that is an hour off at least', async () => {
    const { last } = await befallen('quota_exhausted')
    const { resetAt, retryAfterMs } = (last as unknown as { refusal: { resetAt: number; retryAfterMs: number } })
      .refusal
    expect(resetAt % 86_400_000).toBe(0)
    expect(retryAfterMs).toBeGreaterThanOrEqual(3_600_000)
    expect(retryAfterMs).toBeLessThanOrEqual(25 * 3_600_000)
  })
})

describe('a fault that breaks a connection', () => {
  test('before an answer bills nothing', async () => {
    const { at, last, end } = await befallen('reset')
    expect([at, last.kind]).toEqual([3_000, 'reset'])
    expect(end).toMatchObject({ fault: 'reset', cost: 0, message: 'The connection was reset before an answer.' })
  })

  test('by a page of HTML bills nothing', async () => {
    const { at, last, end } = await befallen('html_page')
    expect(at).toBe(3_000)
    expect(last).toMatchObject({ kind: 'whole', damage: 'html' })
    expect(end).toMatchObject({ fault: 'html_page', cost: 0 })
  })

  test.each<[Fault, string, string]>([
    ['reset_midway', 'reset', 'The answer was cut off by a reset.'],
    ['truncated', 'truncated', 'The answer was truncated.'],
  ])('%s, ends half of the answer, and bills that', async (fault, damage, message) => {
    const { at, last, end } = await befallen(fault)
    expect(at).toBe(6_000)
    expect(last).toMatchObject({ kind: 'whole', damage })
    const { output } = replyIn([last]).usage
    expect(end).toMatchObject({ fault, message, usage: { output: Math.ceil(output / 2) } })
    expect((end as { cost: number }).cost).toBeGreaterThan(0)
  })

  test('that makes the answer unreadable bills all of it', async () => {
    const { at, last, end } = await befallen('malformed_json')
    expect(at).toBe(10_000)
    expect(last).toMatchObject({ kind: 'whole', damage: 'malformed' })
    expect(end).toMatchObject({ message: 'The answer was malformed.', usage: replyIn([last]).usage })
  })

  test('by an error in a stream refuses who asks for the whole as overloaded', async () => {
    const streamed = await befallen('stream_error', { stream: true })
    expect(streamed.last).toMatchObject({ kind: 'tail', damage: 'error' })
    expect(streamed.at).toBe(6_000)
    stop()
    const whole = await befallen('stream_error')
    expect(whole.last).toMatchObject({ kind: 'refusal', refusal: { kind: 'overloaded' } })
    expect(whole.at).toBe(500)
    expect(whole.end).toMatchObject({ cost: 0 })
  })
})

describe('a fault by which no connection is made', () => {
  test.each<[Fault, number, string]>([
    ['connection_refused', 5, 'ECONNREFUSED'],
    ['connection_timeout', 10_000, 'ETIMEDOUT'],
    ['dns_not_found', 20, 'ENOTFOUND'],
    ['dns_unavailable', 5_000, 'EAI_AGAIN'],
    ['certificate_expired', 100, 'CERT_HAS_EXPIRED'],
  ])('%s, shows after %i ms whatever the latency, with %s, and bills nothing', async (fault, at, connection) => {
    const found = await befallen(fault, { latency: '4h' })
    expect([found.at, found.last]).toMatchObject([at, { kind: 'reset', connection }])
    expect(found.end).toMatchObject({ type: 'call.failed', fault, cost: 0, retryAfterMs: null })
  })
})

test('a stream that begins with an error bills nothing, and who asks for the whole finds the service overloaded', async () => {
  const streamed = await befallen('stream_error_first', { stream: true })
  expect(streamed.parts).toMatchObject([{ kind: 'whole', damage: 'error_first', at: streamed.at }])
  expect(streamed.end).toMatchObject({ fault: 'stream_error_first', cost: 0 })
  stop()
  expect((await befallen('stream_error_first')).last).toMatchObject({ refusal: { kind: 'overloaded' } })
})

describe('a stall with pings', () => {
  test.each([true, false])('sends one every 15 s until its client gives up (stream: %s)', async (stream) => {
    const { provider, clock, trace } = provide({ latency: '10s', replies: WORDS })
    stop = () => clock.stop()
    provider.failNext(1, 'stall_with_pings')
    const parts: [Answer['kind'], number][] = []
    await clock.supervise(async () => {
      const call = provider.accept(request({ stream }), ({ kind }) => parts.push([kind, clock.now()]))
      await clock.sleep(60_000)
      expect(provider.waiters()).toMatchObject([{ what: expect.stringContaining('"stall_with_pings"') as string }])
      call.disconnect()
      await clock.sleep(3_600_000)
    })
    expect(parts.filter(([kind]) => kind !== 'piece').slice(-4)).toEqual([
      [stream ? 'tail' : 'whole', 6_000],
      ['ping', 21_000],
      ['ping', 36_000],
      ['ping', 51_000],
    ])
    const [failed] = trace.ofType('call.failed')
    expect(failed).toMatchObject({ fault: 'disconnected' })
    expect(failed!.usage.output).toBeGreaterThan(0)
  })
})

describe('a fault that spoils an answer', () => {
  const said = async (fault: Fault) => {
    const { last, at, end } = await befallen(fault)
    const { choices, usage } = replyIn([last])
    expect(end).toMatchObject({ type: 'call.ended', fault, usage })
    return { at, text: choices[0].text, finish: choices[0].finish }
  }

  test('empty says nothing', async () => {
    expect(await said('empty')).toEqual({ at: 10_000, text: '', finish: 'stop' })
  })

  test('refusal declines', async () => {
    expect(await said('refusal')).toEqual({
      at: 10_000,
      text: "I'm sorry, but I can't help with that.",
      finish: 'refusal',
    })
  })

  test.each<[Fault, string]>([
    ['max_tokens', 'length'],
    ['content_filter', 'content_filter'],
  ])('%s stops in the middle, with the finish %s', async (fault, finish) => {
    const found = await said(fault)
    expect(found.finish).toBe(finish)
    expect(WORDS.startsWith(found.text)).toBe(true)
    expect(found.text.split(' ').length).toBeGreaterThan(15)
    expect(found.text.split(' ').length).toBeLessThan(25)
  })

  test('fragmented spoils nothing but the pieces in which the bytes come', async () => {
    expect(await said('fragmented')).toEqual({ at: 10_000, text: WORDS, finish: 'stop' })
    for (const stream of [true, false]) {
      stop()
      const { parts } = await befallen('fragmented', { stream })
      expect(parts.filter((part) => 'fragmented' in part)).toMatchObject([{ kind: stream ? 'head' : 'whole' }])
    }
  })

  test('slow takes its factor of the time, and is answered', async () => {
    expect(await said('slow')).toMatchObject({ text: WORDS, finish: 'stop' })
    stop()
    expect((await befallen('slow', { slowFactor: 3 })).at).toBe(30_000)
  })
})

test('a call that hangs waits for its client to give up, and bills nothing', async () => {
  const { provider, clock, trace } = provide({ latency: '10s' })
  stop = () => clock.stop()
  provider.failNext(1, 'hang')
  const parts: Answer[] = []
  await clock.supervise(async () => {
    const call = provider.accept(request(), (part) => parts.push(part))
    await clock.sleep(3_600_000)
    expect(provider.waiters()).toMatchObject([{ what: expect.stringContaining('the fault "hang"') as string }])
    call.disconnect()
  })
  expect(parts).toEqual([])
  expect(trace.ofType('call.failed')).toMatchObject([{ fault: 'disconnected', cost: 0 }])
})

test('every fault has its name, and they are twenty-nine', () => {
  expect(FAULT_NAMES).toHaveLength(29)
  expect(new Set(FAULT_NAMES).size).toBe(29)
})
