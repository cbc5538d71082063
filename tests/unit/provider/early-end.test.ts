import { afterEach, expect, test } from 'vitest'
import type { Answer, ServiceError } from '../../../src/provider/call.ts'
import { outage, type Fault, type ProviderConfig } from '../../../src/provider/index.ts'
import { provide, request } from './provider-under-test.ts'

let stop = (): void => {}
afterEach(() => stop())

const provided = (config: ProviderConfig = {}) => {
  stop()
  const made = provide({ latency: '10s', replies: 'Yes.', ...config })
  stop = () => made.clock.stop()
  return made
}
const failedBy = async (fault: Fault, config: ProviderConfig = {}, over: Parameters<typeof request>[0] = {}) => {
  const { ask, provider, trace } = provided(config)
  provider.failNext(1, fault)
  const [answer] = await ask(over)
  return { answer: answer!, failed: trace.ofType('call.failed')[0]! }
}
const kinds = (...kinds: ServiceError['kind'][]) => kinds

test('a client is told to wait a second, or as long as the set-up says', async () => {
  expect((await failedBy('overloaded')).failed.retryAfterMs).toBe(1_000)
  expect((await failedBy('overloaded', { retryAfter: '90s' })).failed.retryAfterMs).toBe(90_000)
})

test('what the service does not tell its client is not in the trace either', async () => {
  const told = async (tellsRetryAfter: ServiceError['kind'][]) =>
    (await failedBy('overloaded', {}, { tellsRetryAfter })).failed.retryAfterMs
  expect([await told(kinds('overloaded')), await told(kinds('rate_limited')), await told([])]).toEqual([
    1_000,
    null,
    null,
  ])
})

test('a refusal comes with the limits of the service and the model that was asked', async () => {
  const { answer } = await failedBy('overloaded', { rateLimits: { requestsPerMinute: 60 } })
  expect(answer).toMatchObject({
    kind: 'refusal',
    model: 'gpt-4o-mini',
    limits: { requests: { limit: 60, remaining: 59, resetMs: 500 } },
  })
})

test('a page of HTML comes in place of an answer that is empty', async () => {
  const { answer, failed } = await failedBy('html_page', { rateLimits: { requestsPerMinute: 60 } })
  expect(answer).toMatchObject({
    kind: 'whole',
    damage: 'html',
    limits: { requests: { limit: 60 } },
    reply: { id: '', choices: [{ text: '' }], usage: { output: 0 } },
  })
  expect(failed).toMatchObject({ fault: 'html_page', retryAfterMs: null, usage: { input: 0, output: 0 } })
})

test('a quota that a window has used up is whole again when the window ends', async () => {
  const { ask, clock } = provided({ windows: [outage({ from: '1h', for: '5h', fault: 'quota_exhausted' })] })
  await clock.supervise(() => clock.sleep(2 * 3_600_000))
  const [answer] = await ask()
  const { resetAt, retryAfterMs } = (answer as unknown as { refusal: { resetAt: number; retryAfterMs: number } })
    .refusal
  expect(resetAt).toBe(clock.epoch + 6 * 3_600_000)
  expect(retryAfterMs).toBe(resetAt - clock.epoch - answer!.at)
})

test('a call that hangs waits, and is told of as hanging', async () => {
  const { provider, clock } = provided()
  provider.failNext(1, 'hang')
  const got: Answer[] = []
  await clock.supervise(async () => {
    provider.accept(request(), (part) => got.push(part))
    await clock.sleep(3_600_000)
  })
  expect(got).toEqual([])
  expect(provider.waiters()).toMatchObject([
    { what: 'call 1 to gpt-4o-mini, which the fault "hang" leaves without an answer' },
  ])
})
