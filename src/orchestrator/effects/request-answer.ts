import { millisecondsOf, textOf, type Options } from '../../strategy/index.ts'
import { deadlineIn } from '../service/deadline.ts'
import type { AgentAnswer } from '../team/answer.ts'
import type { EffectDependencies } from './dependencies.ts'

/** Asks one agent, with the options of AWAIT completion. */
export async function requestAnswer(
  agent: string,
  options: Options,
  { team, signal, effect, elapsedMs }: EffectDependencies,
): Promise<AgentAnswer> {
  const { timeout, prompt, model, max_tokens: most } = options
  const end = deadlineIn(
    timeout === undefined ? Number.POSITIVE_INFINITY : Math.max(0, millisecondsOf(timeout) - elapsedMs),
    'deadline',
    `The answer of ${agent}`,
    [signal],
  )
  try {
    return await team.requestAnswer(agent, prompt === undefined ? undefined : textOf(prompt), {
      signal: end.signal,
      model: model === undefined ? undefined : textOf(model),
      maxTokens: most === undefined ? undefined : Number(most),
      effect,
      question: agent,
    })
  } finally {
    end.clear()
  }
}

/** Asks who leads the others. */
export const consultOrchestratingAgent = async (prompt: string, dependencies: EffectDependencies): Promise<string> =>
  (await requestAnswer(dependencies.orchestratingAgent(), { prompt }, dependencies)).text
