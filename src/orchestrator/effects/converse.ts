import { failureOf } from '../service/failures.ts'
import type { EffectDependencies } from './dependencies.ts'

/** How agents speak. */
export interface ConversationOptions {
  /** One after another, in the order of the pattern; else whoever has something to read. */
  inTurns: boolean
}

/**
 * Lets agents answer what they are told, and each other, until nobody has anything to read. Who answers, and whom that reaches, is for the
 * rules of the pattern; when it ends before, for its termination.
 *
 * @throws the last failure, where nobody has answered at all
 */
export async function converse(dependencies: EffectDependencies, { inTurns }: ConversationOptions): Promise<null> {
  const { team, signal, effect } = dependencies
  const asked = new Map<string, number>()
  const busy = new Set<string>()
  /** Who has failed to answer: not asked again before it is told something more. */
  const failed = new Set<string>()
  /** Who has been told something while it was to answer. */
  const toldSince = new Set<string>()
  const before = team.answersBefore(effect)
  let answers = before.length
  let failure: unknown
  let last = before.at(-1)?.answer.agent
  for (const { answer } of before) asked.set(answer.agent, (asked.get(answer.agent) ?? 0) + 1)

  const takeTurn = async (name: string): Promise<void> => {
    const nth = (asked.get(name) ?? 0) + 1
    asked.set(name, nth)
    busy.add(name)
    toldSince.delete(name)
    try {
      await team.requestAnswer(name, undefined, { signal, effect, question: `${name} ${nth}` })
      answers += 1
      last = name
    } catch (error) {
      signal.throwIfAborted()
      failure = error
      if (!toldSince.has(name)) failed.add(name)
    } finally {
      busy.delete(name)
    }
  }
  const waiting = (): string[] =>
    [...team.agents.values()]
      .filter(({ isAlive, inbox, name }) => isAlive && inbox.length > 0 && !busy.has(name) && !failed.has(name))
      .map(({ name }) => name)
  /** The next of those who wait, in the order of the pattern, after who has spoken last. */
  const next = (): string | undefined => {
    const names = team.names
    const from = last === undefined ? 0 : names.indexOf(last) + 1
    const wait = new Set(waiting())
    return [...names.slice(from), ...names.slice(0, from)].find((name) => wait.has(name))
  }

  const stopHearing = team.onDelivery((name) => {
    failed.delete(name)
    toldSince.add(name)
  })
  const isPausing = (): boolean => dependencies.pausing.aborted
  try {
    if (inTurns) for (let name = next(); name !== undefined && !isPausing(); name = next()) await takeTurn(name)
    else
      await freely(
        takeTurn,
        () => (isPausing() ? [] : waiting()),
        (listener) => team.onDelivery(listener),
      )
  } finally {
    stopHearing()
  }
  // Who has not answered yet is asked when the run goes on.
  if (isPausing() && waiting().length > 0) return dependencies.pause()
  if (answers === 0 && failure !== undefined) throw failure
  if (failure !== undefined)
    dependencies.trace.append({ type: 'log', line: 0, text: `Not answered: ${failureOf(failure).message}` })
  return null
}

/** Asks whoever has something to read, at the same time, until nobody has. */
async function freely(
  takeTurn: (name: string) => Promise<void>,
  waiting: () => string[],
  onDelivery: (listener: () => void) => () => void,
): Promise<void> {
  let underWay = 0
  const done = Promise.withResolvers<void>()
  const look = (): void => {
    for (const name of waiting()) {
      underWay += 1
      takeTurn(name).then(
        () => {
          underWay -= 1
          look()
        },
        (error: unknown) => done.reject(error),
      )
    }
    if (underWay === 0) done.resolve()
  }
  const stop = onDelivery(look)
  try {
    look()
    await done.promise
  } finally {
    stop()
  }
}
