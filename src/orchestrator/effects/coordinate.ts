import { steadyNow } from '../../clock/index.ts'
import { suggestion } from '../../options/index.ts'
import { millisecondsOf, textOf, type Json, type Options } from '../../strategy/index.ts'
import { deadlineIn } from '../service/deadline.ts'
import { CompletionError } from '../service/failures.ts'
import { gather } from './gather/gather.ts'
import { gatherOptions } from './gather/options.ts'
import type { GatherDependencies } from './dependencies.ts'
import type { AgentAnswer } from '../team/answer.ts'

/** Options that COORDINATE reads. */
const READ = ['name', 'point', 'task', 'turn_duration', 'max_rounds']

/**
 * Brings agents together: `barrier` and `checkpoint` wait until all have answered, `turns` lets one speak after another. Who does not
 * answer in time is missing; that is no failure.
 *
 * @throws CompletionError for options that there are not
 */
export async function coordinate(
  request: Options,
  agents: readonly string[],
  { timeoutMs: longest, dependencies }: { timeoutMs: number; dependencies: GatherDependencies },
): Promise<Json> {
  const { type, timeout, options = {} } = request
  const given = options as Readonly<Record<string, Json>>
  const unread = Object.keys(given).find((name) => !READ.includes(name))
  if (unread !== undefined)
    throw new CompletionError('refused_request', `COORDINATE has no option "${unread}". ${suggestion(unread, READ)}`)
  const point = textOf(given['point'] ?? given['name'] ?? given['task'] ?? type ?? 'coordination')
  const timeoutMs = timeout === undefined ? longest : millisecondsOf(timeout)
  const began = steadyNow()
  const responses =
    type === 'turns'
      ? await turns(agents, given, point, dependencies)
      : (
          await gather(
            point,
            agents,
            gatherOptions(
              { at_least: 0, prompt: `Answer when you are ready: ${point}` },
              { timeoutMs, sequential: false },
            ),
            dependencies,
          )
        ).responses
  const answered = new Set(responses.map((each) => (each as { agent?: Json }).agent))
  const missing = agents.filter((agent) => !answered.has(agent))
  return {
    coordinated: agents.filter((agent) => answered.has(agent)),
    missing,
    timed_out: missing.length > 0,
    duration: (steadyNow() - began + dependencies.elapsedMs) / 1_000,
    responses: [...responses],
  }
}

async function turns(
  agents: readonly string[],
  { turn_duration: duration, max_rounds: rounds = 1 }: Readonly<Record<string, Json>>,
  task: string,
  { team, signal, effect }: GatherDependencies,
): Promise<readonly Json[]> {
  const said: Json[] = []
  for (let round = 1; round <= Number(rounds); round++)
    for (const agent of agents) {
      const within = duration === undefined ? Number.POSITIVE_INFINITY : millisecondsOf(duration)
      const end = deadlineIn(within, 'deadline', `The turn of ${agent}`, [signal])
      try {
        const heard = said.map(
          (each) => `${(each as unknown as AgentAnswer).agent}: ${(each as unknown as AgentAnswer).text}`,
        )
        const prompt = [`It is your turn: ${task}`, ...heard.slice(-agents.length)].join('\n')
        said.push({
          ...(await team.requestAnswer(agent, prompt, { signal: end.signal, effect, question: `${agent} ${round}` })),
        } as Json)
      } catch (error) {
        signal.throwIfAborted()
        if (!(error instanceof CompletionError) || error.kind === 'budget') throw error
      } finally {
        end.clear()
      }
    }
  return said
}
