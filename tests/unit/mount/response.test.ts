import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startSimulatedClock, type Clock } from '../../../src/clock/index.ts'
import { respond, type Breakage } from '../../../src/mount/response.ts'
import { addressesOf, routeOf } from '../../../src/mount/routes.ts'
import { Provider, type ProviderConfig } from '../../../src/provider/index.ts'
import { KeyedRandom } from '../../../src/random/index.ts'
import { Trace } from '../../../src/trace/index.ts'

const URL = 'https://api.openai.com/v1/chat/completions'
let clock: Clock
beforeEach(() => void (clock = startSimulatedClock({ mode: { kind: 'virtual' }, tell: () => {} })))
afterEach(() => clock.stop())

function provided(config: ProviderConfig = {}) {
  const trace = new Trace(() => clock.now())
  const provider = new Provider(
    { latency: '10s', replies: 'One two three four.', ...config },
    { clock, trace, random: new KeyedRandom(1) },
  )
  const ask = ({
    stream = false,
    signal,
    silenceMs,
  }: { stream?: boolean; signal?: AbortSignal; silenceMs?: number } = {}) =>
    respond(
      provider,
      routeOf('POST', URL, addressesOf(provider))!,
      {
        url: URL,
        method: 'POST',
        headers: new Headers({ authorization: 'Bearer x', 'content-type': 'application/json' }),
        text: JSON.stringify({ model: 'gpt-4o-mini', stream, messages: [{ role: 'user', content: 'Count.' }] }),
        signal,
      },
      (breakage: Breakage) => new Error(breakage),
      silenceMs === undefined ? undefined : { silenceMs },
    )
  return { provider, trace, ask }
}
/** What a promise is rejected with, and when. */
const rejection = (promise: Promise<unknown>): Promise<[message: string, at: number]> =>
  promise.then(
    () => ['fulfilled', clock.now()],
    (error: Error) => [error.message, clock.now()],
  )

describe('a whole answer', () => {
  test('comes when it is complete', async () => {
    const { ask } = provided()
    await clock.supervise(async () => {
      const response = await ask()
      expect([clock.now(), response.status, response.url]).toEqual([10_000, 200, URL])
      expect(await response.json()).toMatchObject({ choices: [{ message: { content: 'One two three four.' } }] })
    })
  })

  test('that never begins to come breaks its request', async () => {
    const { provider, ask } = provided()
    provider.failNext(1, 'reset')
    await clock.supervise(async () => expect(await rejection(ask())).toEqual(['unanswered', 3_000]))
  })

  test('that is broken off in the middle has a head, and a body that breaks', async () => {
    const { provider, ask } = provided()
    provider.failNext(1, 'reset_midway')
    await clock.supervise(async () => {
      const response = await ask()
      expect(response.status).toBe(200)
      expect((await rejection(response.text()))[0]).toBe('midway')
    })
  })
})

describe('a stream', () => {
  test('comes from its first bytes on', async () => {
    const { ask } = provided()
    await clock.supervise(async () => {
      const response = await ask({ stream: true })
      expect([clock.now(), response.status]).toEqual([2_000, 200])
      const text = await response.text()
      expect(clock.now()).toBe(10_000)
      expect(text).toMatch(/data: \[DONE\]\n\n$/)
    })
  })

  test('whose reader goes away ends its call', async () => {
    const { provider, trace, ask } = provided()
    await clock.supervise(async () => {
      const response = await ask({ stream: true })
      await response.body!.cancel()
      await clock.sleep(60_000)
    })
    expect(provider.openCalls).toBe(0)
    expect(trace.ofType('call.failed')).toMatchObject([{ fault: 'disconnected', afterMs: 2_000 }])
  })
})

describe('a client that gives up', () => {
  test('before it asks has asked nothing', async () => {
    const { trace, ask } = provided()
    await clock.supervise(async () =>
      expect(await rejection(ask({ signal: AbortSignal.abort(new Error('over')) }))).toEqual(['over', 0]),
    )
    expect(trace.length).toBe(0)
  })

  test('while it waits ends its call, with its own reason', async () => {
    const { provider, trace, ask } = provided()
    const caller = new AbortController()
    await clock.supervise(async () => {
      const asked = rejection(ask({ signal: caller.signal }))
      await clock.sleep(4_000)
      caller.abort(new Error('too long'))
      expect(await asked).toEqual(['too long', 4_000])
    })
    expect(provider.openCalls).toBe(0)
    expect(trace.ofType('call.failed')).toMatchObject([{ fault: 'disconnected' }])
  })

  test('in the middle of a stream finds it broken, with its own reason', async () => {
    const { ask } = provided()
    const caller = new AbortController()
    await clock.supervise(async () => {
      const response = await ask({ stream: true, signal: caller.signal })
      const read = rejection(response.text())
      await clock.sleep(1_000)
      caller.abort(new Error('enough'))
      expect(await read).toEqual(['enough', 3_000])
    })
  })

  test('when all has come changes nothing', async () => {
    const { trace, ask } = provided()
    const caller = new AbortController()
    await clock.supervise(async () => {
      const response = await ask({ signal: caller.signal })
      caller.abort(new Error('late'))
      expect(await response.json()).toMatchObject({ object: 'chat.completion' })
    })
    expect(trace.ofType('call.failed')).toEqual([])
  })
})

describe('a client that waits for so long only', () => {
  test('has no head in time', async () => {
    const { provider, ask } = provided({ latency: '10m' })
    await clock.supervise(async () =>
      expect(await rejection(ask({ silenceMs: 300_000 }))).toEqual(['no head', 300_000]),
    )
    expect(provider.openCalls).toBe(0)
  })

  test('has no more of the body in time', async () => {
    const { provider, ask } = provided()
    provider.failNext(1, 'stall')
    await clock.supervise(async () => {
      const response = await ask({ stream: true, silenceMs: 300_000 })
      const [message, at] = await rejection(response.text())
      expect(message).toBe('silent body')
      expect(at).toBeGreaterThan(300_000)
      expect(at).toBeLessThan(310_000)
    })
  })

  test('takes an answer whose pieces come in time, however long it takes', async () => {
    const { ask } = provided({ latency: '20m' })
    await clock.supervise(async () => {
      const response = await ask({ stream: true, silenceMs: 300_000 })
      expect(await response.text()).toContain('[DONE]')
      expect(clock.now()).toBe(1_200_000)
    })
  })
})
