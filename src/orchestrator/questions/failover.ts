import type { Trace } from '../../trace/index.ts'
import { pause } from '../service/deadline.ts'
import { CompletionError } from '../service/failures.ts'
import type { Target } from '../service/target.ts'
import type { Timekeeper } from '../service/time.ts'
import type { Complete, Completion, Policy, Question } from './completion.ts'

interface FailoverDependencies {
  /** Models that stand in, in this order. */
  others: readonly Target[]
  /** Rounds over all models while all breakers are open. */
  rounds: number
  /** Milliseconds until the breaker of a target lets a call try again. */
  opensIn: (target: string) => number
  trace: Pick<Trace, 'append'>
  time: Timekeeper
}

/**
 * Asks one model after another when one fails for good or its breaker is open. Where all breakers are open, nobody is called before
 * one of them may be tried; the caller's signal ends the wait.
 */
export const failingOver =
  ({ others, rounds, opensIn, trace, time }: FailoverDependencies): Policy =>
  (complete) =>
  async (question, signal) => {
    const targets = [question.target, ...others.filter(({ name }) => name !== question.target.name)]
    for (let round = 1; ; round++) {
      const failure = await oneRound(complete, question, targets, signal, trace)
      if (!(failure instanceof CompletionError)) return failure
      if (failure.kind !== 'breaker_open' || round >= rounds) throw failure
      const goesOn = question.following?.pauses()
      try {
        await pause(Math.min(...targets.map(({ name }) => opensIn(name))), signal, time)
      } finally {
        goesOn?.()
      }
    }
  }

/** Gives the answer, or the last failure that another try may pass. */
async function oneRound(
  complete: Complete,
  question: Question,
  targets: readonly Target[],
  signal: AbortSignal,
  trace: Pick<Trace, 'append'>,
): Promise<Completion | CompletionError> {
  let last: CompletionError | undefined
  for (const target of targets) {
    if (last) trace.append({ type: 'model.fellBack', agent: question.agent, model: target.name, reason: last.kind })
    try {
      return await complete({ ...question, target }, signal)
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof CompletionError) || !error.passesElsewhere) throw error
      last = error
    }
  }
  return last!
}
