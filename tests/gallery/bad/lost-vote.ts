import { uniform, type SystemContext } from 'longhaul'
import { ask, fullJitter, retrying } from '../systems.ts'

/**
 * Agents vote over some rounds. The mistake: who has failed twice is thought to be broken and is not asked again, and a majority is still that of all.
 */
export async function votes({ agents, vars, report }: SystemContext): Promise<{ decided: number }> {
  const broken = new Set<string>()
  let decided = 0
  for (let round = 1; round <= Number(vars['rounds']); round++) {
    const asked = agents.filter((agent) => !broken.has(agent))
    const gather = report.gather('votes', { from: asked, atLeast: 0 })
    let count = 0
    await Promise.all(
      asked.map(async (agent) => {
        let failures = 0
        await retrying(6, fullJitter, () =>
          ask(agent, `Round ${round}: your vote?`).catch((error: unknown) => {
            failures += 1
            if (failures === 2) broken.add(agent)
            throw error
          }),
        )
        count += 1
        gather.received(agent)
      }),
    )
    gather.end()
    if (count * 2 > agents.length) decided += 1
  }
  return { decided }
}

export const setUp = {
  agents: ['ann', 'ben', 'cem', 'dan', 'eve'],
  vars: { rounds: 8 },
  provider: { latency: uniform('2s', '20s'), faults: { server_error: 3, bad_gateway: 1, overloaded: 1 } },
  checks: { 'retry-after': false },
} as const
