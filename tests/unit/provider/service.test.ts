import { expect, test } from 'vitest'
import { Services } from '../../../src/provider/service.ts'
import { Settings } from '../../../src/provider/settings.ts'

test('each service has limits, a line and a prompt cache of its own, for all of its calls', () => {
  const services = new Services(
    new Settings({ concurrency: 2, services: { google: { concurrency: Number.POSITIVE_INFINITY } } }),
  )
  const openai = services.of({ provider: 'openai' })
  expect(services.of({ provider: 'openai' })).toBe(openai)
  expect(openai.queue).toBeDefined()
  const google = services.of({ provider: 'google' })
  expect(google.queue).toBeUndefined()
  expect([google.limiter === openai.limiter, google.cache === openai.cache]).toEqual([false, false])
})

test('without a limit no call waits, and none is refused', () => {
  const { queue, limiter } = new Services(new Settings({})).of({ provider: 'openai' })
  expect(queue).toBeUndefined()
  for (let nth = 0; nth < 1_000; nth++) expect(limiter.admit(1e6, 0)).toBeUndefined()
})

test('the limits of a service count its calls', () => {
  const services = new Services(new Settings({ rateLimits: { requestsPerMinute: 1 } }))
  const admit = (provider: string) => services.of({ provider }).limiter.admit(1, 0)
  expect([admit('openai'), admit('google')]).toEqual([undefined, undefined])
  expect(admit('openai')).toEqual({ limit: 'requests', retryAfterMs: 60_000 })
})
