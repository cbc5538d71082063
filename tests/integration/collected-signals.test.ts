import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import OpenAI from 'openai'
import { expect, test } from 'vitest'
import { describeOrchestration, never, Trace, type SystemContext } from 'longhaul'
import { Provider } from '../../src/provider/index.ts'
import { startClock } from '../../src/clock/index.ts'
import { readRequest, respond } from '../../src/mount/response.ts'
import { addressesOf, routeOf } from '../../src/mount/routes.ts'
import { KeyedRandom } from '../../src/random/index.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
/** Objects that are reached by each other alone go one round after another. */
async function collected(): Promise<void> {
  for (let round = 0; round < 3; round++) {
    collect()
    await new Promise((done) => setImmediate(done))
  }
}
const client = new OpenAI({ apiKey: 'test', maxRetries: 0 })

describeOrchestration(
  'a call that hangs while the garbage collector runs',
  {
    provider: { latency: '1s', failRate: 0 },
    system: ({ signal }) =>
      client.chat.completions.create(
        { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'x' }] },
        { signal: AbortSignal.any([signal, AbortSignal.timeout(120_000)]), timeout: 40_000 },
      ),
  },
  (test) => {
    test('is still ended by its timeout', async ({ start, sleep, provider, expect }) => {
      provider.failNext(1, 'hang')
      const orchestration = await start()
      for (let nth = 0; nth < 5; nth++) {
        await sleep('1s')
        collect()
      }
      expect(await orchestration.outcome()).toHaveFailedWith(OpenAI.APIConnectionTimeoutError)
    })
  },
)

const URL = 'https://api.openai.com/v1/chat/completions'
const asking = (stream: boolean) => ({
  method: 'POST',
  headers: { authorization: 'Bearer test' },
  body: JSON.stringify({ model: 'gpt-4o-mini', stream, messages: [{ role: 'user', content: 'x' }] }),
})

/** Ways to hand a signal to `fetch`; nothing but the call itself holds what is made here. */
const WAYS: Record<string, (init: RequestInit, signal: AbortSignal) => Promise<Response>> = {
  'fetch(url, { signal })': (init, signal) => fetch(URL, { ...init, signal }),
  'fetch(request, { signal })': (init, signal) => fetch(new Request(URL, init), { signal }),
}
const COMPOSITIONS: Record<string, (signal: AbortSignal) => AbortSignal> = {
  'a signal': (signal) => signal,
  'one of several': (signal) => AbortSignal.any([signal, AbortSignal.timeout(86_400_000)]),
  'one of one of several': (signal) => AbortSignal.any([AbortSignal.any([signal])]),
}

describeOrchestration(
  'a request whose signal nothing else holds',
  {
    provider: { latency: '4m' },
    system: ({ vars }: SystemContext) => (vars['work'] as () => Promise<unknown>)(),
  },
  (test) => {
    for (const [way, call] of Object.entries(WAYS))
      for (const [composition, compose] of Object.entries(COMPOSITIONS))
        test.for([false, true])(
          `${way} with ${composition} is aborted (stream: %s)`,
          async (stream, { start, sleep, expect }) => {
            const controller = new AbortController()
            const work = async () => (await call(asking(stream), compose(controller.signal))).text()
            const orchestration = await start({ vars: { work } })
            await sleep(stream ? '3m' : '2m')
            await collected()
            controller.abort(new Error('Enough.'))
            expect(await orchestration.outcome()).toHaveFailedWith('Enough.')
          },
        )
  },
)

test('a Request lives as long as its answer is waited for, so that its signal does too', async () => {
  const clock = startClock({ kind: 'real' })
  const provider = new Provider({ latency: never() }, { clock, trace: new Trace(() => 0), random: new KeyedRandom(1) })
  const controller = new AbortController()
  const ask = async (): Promise<Response> => {
    const plain = await readRequest(new Request(URL, { ...asking(false), signal: controller.signal }))
    return respond(provider, routeOf('POST', URL, addressesOf(provider))!, plain, () => new Error('broken'))
  }
  const answer = ask()
  answer.catch(() => {})
  await collected()
  controller.abort(new Error('Enough.'))
  await expect(answer).rejects.toThrow('Enough.')
})
