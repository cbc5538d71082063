import { constant } from '../../src/index.ts'
import { atLeast, atMost, pattern, runWith, seedsUpTo, type Figure } from './runs.ts'

const AGENTS = 60
const PER_MINUTE = 6

/** Sixty agents who share an account of six requests a minute. */
export async function limitedAccount(seeds: number): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const [model, provider] of [
    ['gpt-4o-mini', 'openai'],
    ['claude-haiku-4-5', 'anthropic'],
  ] as const) {
    let refused = 0
    let calls = 0
    let answered = AGENTS
    for (const seed of seedsUpTo(seeds)) {
      const { trace, outcome } = await runWith(
        {
          pattern: pattern(AGENTS, 'GATHER votes FROM agents WITH prompt: "Your view?", timeout: 20m, at_least: 0', {
            model,
          }),
          provider: {
            latency: constant('3s'),
            failRate: 0,
            services: { [provider]: { rateLimits: { requestsPerMinute: PER_MINUTE } } },
          },
        },
        seed,
      )
      calls += trace.ofType('call.arrived').length
      refused += trace.ofType('call.failed').length
      answered = Math.min(answered, outcome.gather('votes').received.length)
    }
    // The first burst is refused: nobody knew of the limit.
    const burst = seeds * (AGENTS - PER_MINUTE)
    figures.push(
      atMost(
        `calls that are refused after the first burst, ${AGENTS} agents at ${PER_MINUTE} a minute, ${provider}`,
        seeds,
        refused - burst,
        ` of ${calls - seeds * AGENTS}`,
      ),
      atLeast(`agents of ${AGENTS} that are answered within 20 minutes, ${provider}`, AGENTS, answered),
    )
  }
  return figures
}
