import OpenAI from 'openai'
import { startSimulatedClock } from '../src/clock/index.ts'
import { mountFetch } from '../src/mount/index.ts'
import { Provider } from '../src/provider/index.ts'
import { KeyedRandom } from '../src/random/index.ts'
import { Trace } from '../src/trace/index.ts'
import { ratio, record, timed } from './measure.ts'

/** One simulated SDK call behind the fetch mount, against the same SDK with a canned `fetch` that sleeps on bare timers. */
const CALLS = 2_000
const question = { model: 'gpt-4o-mini', messages: [{ role: 'user' as const, content: 'Name three colours.' }] }

async function calls(client: OpenAI): Promise<void> {
  for (let i = 0; i < CALLS; i++) await client.chat.completions.create(question)
}

async function simulated(): Promise<number> {
  const clock = startSimulatedClock({ mode: { kind: 'virtual' }, tell: () => {} })
  const trace = new Trace(() => clock.now())
  const provider = new Provider(
    { latency: '5s', replies: 'Red, green and blue.' },
    { clock, trace, random: new KeyedRandom(1) },
  )
  const mount = mountFetch(provider)
  try {
    return await timed(() => calls(new OpenAI({ apiKey: 'test' })))
  } finally {
    await mount.close()
    clock.stop()
  }
}

const CANNED = JSON.stringify({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'gpt-4o-mini',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Red, green and blue.' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 10, completion_tokens: 6, total_tokens: 16 },
})

/** The peer: no clock, no provider, one native timer of no length a call. */
async function canned(): Promise<number> {
  const answer = async (): Promise<Response> => {
    await new Promise((resolve) => setImmediate(resolve))
    return new Response(CANNED, { headers: { 'content-type': 'application/json' } })
  }
  return timed(() => calls(new OpenAI({ apiKey: 'test', fetch: answer })))
}

await canned()
await simulated()
record('sdk-call', { calls: CALLS, ...(await ratio('simulated', simulated, 'canned fetch', canned)) })
