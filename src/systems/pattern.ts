import {
  Orchestrator,
  type KeptAnswer,
  type OrchestrationResult,
  type OrchestratorSettings,
} from '../orchestrator/index.ts'
import { loadPattern, type PatternText } from '../pattern/index.ts'
import { actAs } from '../provider/index.ts'
import type { System } from './system.ts'

/**
 * A pattern, run by the reference orchestrator, as a system under test.
 *
 * @param pattern the path of a YAML file, or its text
 * @throws PatternError when the system is started, for a pattern that cannot be read
 * @example
 * ```ts
 * describeOrchestration('a debate', { system: patternSystem('debate.yaml', { failover: ['claude-haiku-4-5'] }) }, (test) => { … })
 * ```
 */
export function patternSystem(
  pattern: string | PatternText,
  settings: OrchestratorSettings = {},
): System<OrchestrationResult> {
  // The runs of one test share what the cache keeps.
  const answers: KeptAnswer[] = []
  return async ({ vars, provider: { trace }, signal, agentSignal, report }) => {
    const orchestrator = new Orchestrator(loadPattern(pattern), { vars }, settings, {
      trace,
      signal,
      actAs,
      answers,
      onCheckpoint: (name) => report.note(`checkpoint ${name ?? ''}`.trim()),
    })
    for (const agent of orchestrator.agents)
      agentSignal(agent).addEventListener('abort', () => orchestrator.terminateAgent(agent, 'terminated by the test'), {
        once: true,
      })
    return orchestrator.run()
  }
}
