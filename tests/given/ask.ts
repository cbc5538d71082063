import type { Complete, Completion, Question } from '../../src/orchestrator/questions/completion.ts'
import { CompletionError, type FailureKind } from '../../src/orchestrator/service/failures.ts'
import type { EventBody } from '../../src/trace/index.ts'
import type { HandTime } from './hand-time.ts'

/** A question to a service that is never reached. */
export const question = (over: Partial<Question> = {}): Question => ({
  agent: 'ann',
  messages: [{ role: 'user', text: 'Your view?' }],
  target: target('mini'),
  maxTokens: 100,
  key: undefined,
  ...over,
})

export const target = (model: string, provider = 'openai') => ({
  name: `${provider}/${model}`,
  provider,
  model,
  service: { baseURL: 'http://nowhere.test', format: 'openai' as const },
})

export const answer = (over: Partial<Completion> = {}): Completion => ({
  text: 'Yes.',
  refused: false,
  cutOff: false,
  target: 'openai/mini',
  cost: 0n,
  usage: { input: 10, cachedInput: 0, cacheWrite: 0, output: 5 },
  cached: false,
  ...over,
})

export const failure = (kind: FailureKind, more: ConstructorParameters<typeof CompletionError>[2] = {}) =>
  new CompletionError(kind, `It is ${kind}.`, more)

/** What happens to a call, and after how long. */
export interface Fate {
  ms?: number
  ends?: Partial<Completion> | Error
}

/** A way to ask that has each call end by its fate, the last one repeated; broken off when its signal is aborted. */
export function fated(time: HandTime, fates: readonly Fate[]): Complete & { asked: Question[] } {
  const asked: Question[] = []
  const ask: Complete = (given, signal) => {
    const { ms = 0, ends = {} } = fates[Math.min(asked.length, fates.length - 1)]!
    asked.push(given)
    return new Promise((resolve, reject) => {
      const stop = time.after(ms, () =>
        ends instanceof Error ? reject(ends) : resolve(answer({ target: given.target.name, ...ends })),
      )
      signal.addEventListener('abort', () => {
        stop()
        reject(signal.reason as Error)
      })
    })
  }
  return Object.assign(ask, { asked })
}

/** Events as they are told. */
export class Told {
  readonly events: EventBody[] = []
  append(event: EventBody): number {
    return this.events.push(event)
  }
  of<Type extends EventBody['type']>(type: Type): Extract<EventBody, { type: Type }>[] {
    return this.events.filter((event): event is Extract<EventBody, { type: Type }> => event.type === type)
  }
}

/** A signal that nobody aborts. */
export const open = (): AbortSignal => new AbortController().signal

/** How a promise stands, without waiting for it. */
export async function standing(promise: Promise<unknown>): Promise<'pending' | 'resolved' | string> {
  const pending = Symbol('pending')
  const now = Promise.race([promise, Promise.resolve(pending)])
  return now.then(
    (value) => (value === pending ? 'pending' : 'resolved'),
    (error: Error) => (error instanceof CompletionError ? error.kind : error.name),
  )
}
