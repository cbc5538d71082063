import type { Move, Strategy } from './dilemma.ts'
import { readBriefing } from './speech.ts'

const SAID: Readonly<Record<Move, string>> = { C: 'COOPERATE', D: 'DEFECT' }

/**
 * A reply function for the simulated provider that plays a strategy: it reads the briefing in the prompt. `invalid` is
 * the share of answers, from 0 to 1, that name no move (default 0).
 *
 * @example
 * ```ts
 * const provider = { agents: { ann: { reply: playing(STRATEGIES.tit_for_tat) } } }
 * ```
 */
export function playing(
  strategy: Strategy,
  { invalid = 0 }: { invalid?: number } = {},
): (asked: { prompt: string; random(index?: number): number }) => string {
  return ({ prompt, random }) => {
    let draws = 1
    if (random(0) < invalid) return 'Let me think about what fairness means before I answer.'
    const move = strategy(readBriefing(prompt), () => random(draws++))
    return `I choose to ${SAID[move]}.`
  }
}
