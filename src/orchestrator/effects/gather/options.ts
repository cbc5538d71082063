import { millisecondsOf, textOf, type Json, type Options } from '../../../strategy/index.ts'
import { CompletionError } from '../../service/failures.ts'

/** How answers are collected. */
export interface GatherOptions {
  prompt: string | undefined
  timeoutMs: number
  /** Fewer answers than this are a failure. Default 1. */
  atLeast: number
  /** Ends as soon as so many answers are in. */
  enough: number
  /** With fewer answers when its time is up, it waits on for them, as long again at the most. */
  extendFor: number
  /** One agent after another. */
  sequential: boolean
  /** What becomes of answers that are late: the calls are cancelled, or they go on and are kept. */
  late: 'cancel' | 'keep'
  /** Another agent answers for one that is gone. */
  redistribute: boolean
  /** Pieces of work that the agents share, each done by one of them. */
  tasks: readonly Json[] | undefined
  model: string | undefined
  maxTokens: number | undefined
}

/** Reads what stands behind WITH. */
export function gatherOptions(given: Options, defaults: { timeoutMs: number; sequential: boolean }): GatherOptions {
  const number = (name: string): number | undefined => {
    const value = given[name]
    if (value === undefined || Number.isFinite(Number(value))) return value === undefined ? undefined : Number(value)
    throw new CompletionError('refused_request', `GATHER's ${name} is ${JSON.stringify(value)}. Give a number.`)
  }
  const { prompt, timeout, late, tasks, model } = given
  if (tasks !== undefined && !Array.isArray(tasks))
    throw new CompletionError('refused_request', `GATHER's tasks must be a list, not ${JSON.stringify(tasks)}.`)
  if (late !== undefined && late !== 'keep' && late !== 'cancel')
    throw new CompletionError('refused_request', `GATHER's late is ${JSON.stringify(late)}. Give "keep" or "cancel".`)
  return {
    prompt: prompt === undefined ? undefined : textOf(prompt),
    timeoutMs: timeout === undefined ? defaults.timeoutMs : millisecondsOf(timeout),
    atLeast: number('at_least') ?? 1,
    enough: number('enough') ?? Number.POSITIVE_INFINITY,
    extendFor: number('extend_for') ?? 0,
    sequential: given['sequential'] === undefined ? defaults.sequential : Boolean(given['sequential']),
    late: late === 'keep' ? 'keep' : 'cancel',
    redistribute: Boolean(given['redistribute']),
    tasks: tasks as readonly Json[] | undefined,
    model: model === undefined ? undefined : textOf(model),
    maxTokens: number('max_tokens'),
  }
}
