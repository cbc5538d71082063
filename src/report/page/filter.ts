import { OUTCOMES } from '../model/data.ts'
import type { Run } from './run.ts'

/** What is looked for. */
export interface Filter {
  text: string
  /** Empty for all. */
  agent: string
  model: string
  /** Codes of outcomes that are left out. */
  hidden: ReadonlySet<number>
}

export const NO_FILTER: Filter = { text: '', agent: '', model: '', hidden: new Set() }

export const isFiltered = ({ text, agent, model, hidden }: Filter): boolean =>
  text.trim() !== '' || agent !== '' || model !== '' || hidden.size > 0

/** Which calls fit a filter: all words of its text have to stand in one of their texts. */
export function matching(run: Run, { text, agent, model, hidden }: Filter): Uint8Array {
  const { calls, strings } = run.model
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const lower = words.length > 0 ? strings.map((each) => each.toLowerCase()) : []
  const [agentAt, modelAt] = [strings.indexOf(agent), strings.indexOf(model)]
  const fits = new Uint8Array(run.size)
  for (let row = 0; row < run.size; row++) {
    if (agent !== '' && calls.agent[row] !== agentAt) continue
    if (model !== '' && calls.model[row] !== modelAt) continue
    if (hidden.has(run.outcome[row]!)) continue
    const texts = [
      calls.agent,
      calls.model,
      calls.provider,
      calls.fault,
      calls.finish,
      calls.message,
      calls.conversation,
    ]
    const hasAll = words.every(
      (word) =>
        (word.startsWith('#') && `#${run.number[row]}` === word) ||
        OUTCOMES[run.outcome[row]!] === word ||
        texts.some((column) => lower[column[row]!]!.includes(word)),
    )
    if (hasAll) fits[row] = 1
  }
  return fits
}
