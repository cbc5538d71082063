import { startSimulatedClock, type Clock } from '../src/clock/index.ts'
import { mountNetwork } from '../src/mount/index.ts'
import { Provider, type ProviderConfig } from '../src/provider/index.ts'
import { KeyedRandom } from '../src/random/index.ts'
import { Trace, type Spool } from '../src/trace/index.ts'

/** What every call of the comparisons asks. */
export const QUESTION = {
  model: 'gpt-4o-mini',
  messages: [{ role: 'user' as const, content: 'Name three colours.' }],
}
const ANSWER = 'Red, green and blue.'

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
  trace.onAppend(() => clock.progress())
  const provider = new Provider(
    { latency: '5s', replies: ANSWER, ...config },
    { clock, trace, random: new KeyedRandom(1) },
  )
  const fetchMount = mount ? mountNetwork(provider) : undefined
  try {
    return await work({ clock, provider, trace })
  } finally {
    await fetchMount?.close()
    clock.stop()
    trace.close()
  }
}

/** Our own answer to the question, as a client gets it: what peers return, to the byte. */
export const recordAnswer = (): Promise<{ body: string; headers: Record<string, string> }> =>
  simulate(async () => {
    const response = await fetch('https://api.openai.com/v1/chat/completions', {
      method: 'POST',
      headers: { authorization: 'Bearer test' },
      body: JSON.stringify(QUESTION),
    })
    return { body: await response.text(), headers: Object.fromEntries(response.headers) }
  })
