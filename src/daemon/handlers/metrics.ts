import { formatDollars } from '../../money/index.ts'
import { RefusedError } from '../protocol.ts'
import type { Run } from '../runs.ts'
import type { Handler } from './handler.ts'

const spentBy = ({ orchestrator }: Run): bigint => {
  const total = orchestrator?.costs.total
  return total ? total.known + total.uncertain : 0n
}
const secondsOf = ({ startedAt, endedAt }: Run): number => ((endedAt ?? Date.now()) - startedAt) / 1_000

/** Sums and comparisons. */
export const metrics: Readonly<Record<string, Handler>> = {
  'metrics:cost': {
    about: 'Says what all orchestrations of this daemon have spent since it started, known and uncertain.',
    parameters: {},
    answer(_, { runs }) {
      const costs = runs.all.flatMap(({ orchestrator }) => (orchestrator ? [orchestrator.costs.total] : []))
      const sum = (part: 'known' | 'uncertain'): string =>
        formatDollars(costs.reduce((total, claim) => total + claim[part], 0n))
      return {
        known: sum('known'),
        uncertain: sum('uncertain'),
        calls: costs.reduce((total, { calls }) => total + calls, 0),
        orchestrations: costs.length,
      }
    },
  },
  'metrics:compare': {
    about: 'Holds orchestrations against each other: duration, messages, cost. The ratios are to the first one.',
    parameters: { orchestration_ids: 'two or more' },
    answer({ orchestration_ids: ids }, { runs }) {
      if (!Array.isArray(ids) || ids.length < 2)
        throw new RefusedError('metrics:compare needs orchestration_ids: a list of two at least.')
      const chosen = ids.map((id) => runs.find(id))
      const [first] = chosen
      const ratio = (value: number, of: number): number | null => (of === 0 ? null : value / of)
      return {
        orchestrations: chosen.map((run) => ({
          orchestration_id: run.id,
          state: run.phase,
          duration: secondsOf(run),
          duration_ratio: ratio(secondsOf(run), secondsOf(first!)),
          messages: run.messages,
          cost: formatDollars(spentBy(run)),
          cost_ratio: ratio(Number(spentBy(run)), Number(spentBy(first!))),
        })),
      }
    },
  },
}
