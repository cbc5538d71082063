import { textOf, type Json } from '../../../strategy/index.ts'
import { openGather } from '../../../trace/index.ts'
import { deadlineIn } from '../../service/deadline.ts'
import { CompletionError } from '../../service/failures.ts'
import type { GatherDependencies } from '../dependencies.ts'
import { Collection } from './collection.ts'
import type { GatherOptions } from './options.ts'
import { Sharing } from './sharing.ts'
import { kindOf } from './too-few.ts'

/** What GATHER gives to a strategy. */
export interface Gathered {
  responses: readonly Json[]
  /** Agents without an answer in time; with `tasks`, the tasks that nobody did. */
  missing: readonly Json[]
}

/**
 * Collects answers until all are in, enough are, or the time is up.
 *
 * @throws CompletionError if fewer than `atLeast` came: its kind says why, and it holds what has come; of kind `refused_request`, before
 *   anybody is asked, if fewer could come
 */
export async function gather(
  name: string,
  agents: readonly string[],
  options: GatherOptions,
  dependencies: GatherDependencies,
): Promise<Gathered> {
  for (const agent of agents) dependencies.team.find(agent)
  const before = dependencies.team.answersBefore(dependencies.effect)
  const { timeoutMs, atLeast, tasks, late, extendFor } = options
  const most = tasks?.length ?? agents.length
  if (most < atLeast)
    throw new CompletionError(
      'refused_request',
      `GATHER ${name} needs ${counted(atLeast, 'answer')}, and ${counted(most, tasks ? 'task' : 'agent')} can give at most ${most}. The orchestrator asked no agent.`,
      { partial: { responses: [], missing: tasks ?? agents } },
    )
  const open = openGather(dependencies.trace, { name, from: agents, atLeast, timeoutMs, tasks: tasks?.length ?? null })
  const collection = new Collection(open, options, dependencies)
  const left = (ms: number): number => Math.max(0, ms - dependencies.elapsedMs)
  const longest = extendFor > 0 ? 2 * timeoutMs : timeoutMs
  const end = deadlineIn(left(longest), 'deadline', `GATHER ${name}`, [dependencies.signal])
  const extension = extendFor > 0 ? new AbortController() : undefined
  try {
    collection.takeBefore(before, tasks)
    const work = tasks
      ? new Sharing(tasks, { agents, collection, end, endsInMs: left(timeoutMs) }, options, dependencies).done
      : collection.collectAll(agents, end)
    const extended = extension && collection.extended(left(timeoutMs), extendFor, extension.signal)
    await Promise.race([work, collection.enough, aborted(end.signal), ...(extended ? [extended] : [])])
    if (late === 'keep' && !dependencies.signal.aborted) dependencies.goesOn(work)
    else {
      collection.cancel()
      await work
    }
  } finally {
    extension?.abort()
    end.clear()
    collection.close()
    open.end()
  }
  dependencies.signal.throwIfAborted()
  const { responses } = collection
  const missing = tasks ? collection.undone(tasks) : agents.filter((agent) => !collection.answered.has(agent))
  const gathered = { responses: [...responses], missing }
  if (responses.length < atLeast) {
    const last = [...collection.failures.values()].at(-1)
    throw new CompletionError(
      kindOf(collection.failures, missing.length),
      `GATHER ${name} needs ${counted(atLeast, 'answer')} and has ${responses.length}; missing: ${missing.map(textOf).join(', ') || 'none'}.` +
        (last ? ` The last failure: ${last.message}` : ''),
      { partial: { responses: gathered.responses, missing } },
    )
  }
  return gathered
}

/** Goes on, after a restart, with the questions of a gather that had ended before it: their answers are late. */
export async function gatherLate(
  name: string,
  agents: readonly string[],
  options: GatherOptions,
  dependencies: GatherDependencies,
): Promise<void> {
  const { atLeast, timeoutMs } = options
  const open = openGather(dependencies.trace, { name, from: agents, atLeast, timeoutMs })
  const collection = new Collection(open, options, dependencies)
  const end = deadlineIn(Number.POSITIVE_INFINITY, 'deadline', name, [dependencies.signal])
  collection.takeBefore(dependencies.team.answersBefore(dependencies.effect), undefined)
  collection.close()
  const work = collection.collectLate(agents, end)
  open.end()
  await work
  end.clear()
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
