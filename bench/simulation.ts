import { startSimulatedClock, type Clock } from '../src/clock/index.ts'
import { mountFetch } from '../src/mount/index.ts'
import { Provider, type ProviderConfig } from '../src/provider/index.ts'
import { KeyedRandom } from '../src/random/index.ts'
import { Trace, type Spool } from '../src/trace/index.ts'

/** What every call of the comparisons asks. */
export const QUESTION = {
  model: 'gpt-4o-mini',
  messages: [{ role: 'user' as const, content: 'Name three colours.' }],
}
const ANSWER = 'Red, green and blue.'

/** The answer that peers give, as large as ours. */
export const CANNED = JSON.stringify({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'gpt-4o-mini',
  choices: [{ index: 0, message: { role: 'assistant', content: ANSWER }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 10, completion_tokens: 6, total_tokens: 16 },
})

/** The headers of a service's answer, as a recorded one has them. */
export const CANNED_HEADERS = {
  'content-type': 'application/json',
  'x-request-id': 'req_1',
  'openai-organization': 'org-1',
  'openai-processing-ms': '5000',
  'openai-version': '2020-10-01',
}

export interface Simulation {
  clock: Clock
  provider: Provider
  trace: Trace
}

/** Runs work in virtual time against a provider whose answers take five seconds. */
export async function simulate<T>(
  work: (simulation: Simulation) => Promise<T>,
  { config = {}, mount = true, spool }: { config?: ProviderConfig; mount?: boolean; spool?: Spool } = {},
): Promise<T> {
  const clock = startSimulatedClock({ mode: { kind: 'virtual' }, tell: () => {} })
  const trace = new Trace(() => clock.now(), spool)
  const provider = new Provider(
    { latency: '5s', replies: ANSWER, ...config },
    { clock, trace, random: new KeyedRandom(1) },
  )
  const fetchMount = mount ? mountFetch(provider) : undefined
  try {
    return await work({ clock, provider, trace })
  } finally {
    await fetchMount?.close()
    clock.stop()
    trace.close()
  }
}
