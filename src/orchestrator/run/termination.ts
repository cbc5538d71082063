import { parseDuration } from '../../clock/index.ts'
import { PatternSettingError, type PatternData } from '../../pattern/index.ts'
import { fillAll, millisecondsOf, type Json } from '../../strategy/index.ts'
import { fitsPattern } from '../team/bus.ts'

type Given = NonNullable<NonNullable<PatternData['coordination']>['termination']>

/** When a run is over though its strategy has not ended: `coordination.termination`, and each of its conditions. */
export class Termination {
  /** From the start, pauses not counted. */
  readonly timeoutMs: number | undefined
  readonly #maxMessages: number
  readonly #rounds: number
  readonly #events: readonly string[]

  constructor({ conditions = [], ...own }: Given, variables: Readonly<Record<string, Json>>) {
    const all = [own, ...conditions]
    const filled = (value: number | string): Json => fillAll(value, variables)
    const least = (values: readonly number[]): number => Math.min(Number.POSITIVE_INFINITY, ...values)
    const numbers = (name: 'max_messages' | 'rounds'): number =>
      least(
        all.flatMap((each) => {
          const value = name in each ? (each as Readonly<Record<string, number | string | undefined>>)[name] : undefined
          return value === undefined ? [] : [countOf(name, filled(value))]
        }),
      )
    const timeouts = all.flatMap(({ timeout }) => (timeout === undefined ? [] : [durationOf(filled(timeout))]))
    this.timeoutMs = timeouts.length > 0 ? least(timeouts) : undefined
    this.#maxMessages = numbers('max_messages')
    this.#rounds = numbers('rounds')
    this.#events = all.flatMap(({ event }) => (event === undefined ? [] : [event]))
  }

  /** Whether it ends by itself, whatever is said. */
  get isBounded(): boolean {
    return this.timeoutMs !== undefined || Number.isFinite(this.#maxMessages) || Number.isFinite(this.#rounds)
  }

  /** Why the run is over with an event, if it is. A round is an answer of each agent. */
  reasonFor(
    event: string,
    { answers, agents }: { answers: number; agents: number },
  ): 'max_messages' | 'rounds' | 'event' | undefined {
    if (answers >= this.#maxMessages) return 'max_messages'
    if (answers >= this.#rounds * agents) return 'rounds'
    return this.#events.some((last) => fitsPattern(last, event)) ? 'event' : undefined
  }
}

/** @throws PatternSettingError for what is no number of answers or rounds */
function countOf(name: string, given: Json): number {
  const count = Number(given)
  if (Number.isInteger(count) && count >= 1) return count
  throw new PatternSettingError(
    `coordination.termination: ${name} is ${JSON.stringify(given)}. Give a whole number from 1.`,
  )
}

const durationOf = (given: Json): number =>
  typeof given === 'number' ? millisecondsOf(given) : parseDuration(String(given))
