import { startSimulatedClock, type Clock } from '../../../src/clock/index.ts'
import type { Answer, CallRequest } from '../../../src/provider/call.ts'
import type { ProviderConfig } from '../../../src/provider/index.ts'
import { Provider } from '../../../src/provider/index.ts'
import { KeyedRandom } from '../../../src/random/index.ts'
import { Trace } from '../../../src/trace/index.ts'

/** A request for an answer to one question. */
export const request = (over: Partial<CallRequest> = {}): CallRequest => ({
  provider: 'openai',
  operation: 'chat.completions',
  model: 'gpt-4o-mini',
  messages: [{ role: 'user', text: 'What now?', toolCalls: [], cacheBreakpoint: false }],
  tools: [],
  toolChoice: { kind: 'auto' },
  responseSchema: undefined,
  stream: false,
  maxOutputTokens: undefined,
  stop: [],
  choices: 1,
  callerHints: ['ann'],
  retryCount: 0,
  fingerprint: JSON.stringify(over),
  ...over,
})

/** A provider on a clock of its own, until `clock.stop()`. */
export function provide(config: ProviderConfig = {}, seed: number | string = 1) {
  const clock: Clock = startSimulatedClock({ mode: { kind: 'virtual' }, tell: () => {} })
  const trace = new Trace(() => clock.now())
  const provider = make(() => new Provider(config, { clock, trace, random: new KeyedRandom(seed) }), clock)
  /** All parts of the answer to a call, and when each of them came. */
  const ask = (over: Partial<CallRequest> = {}): Promise<(Answer & { at: number })[]> =>
    clock.supervise(
      () =>
        new Promise((resolve) => {
          const parts: (Answer & { at: number })[] = []
          provider.accept(request(over), (part) => {
            parts.push({ ...part, at: clock.now() })
            if (part.kind !== 'head' && part.kind !== 'piece') resolve(parts)
          })
        }),
    )
  return { clock, trace, provider, ask }
}

/** The reply that a whole answer or the tail of a stream brings. */
export function replyIn(parts: readonly Answer[]) {
  const last = parts.at(-1)!
  if (last.kind !== 'whole' && last.kind !== 'tail') throw new Error(`The answer is a ${last.kind}.`)
  return last.reply
}

/** A clock stays in force until it is stopped, also where nothing could be made that it was for. */
function make<Made>(work: () => Made, clock: Clock): Made {
  try {
    return work()
  } catch (error) {
    clock.stop()
    throw error
  }
}
