import { steadyNow } from '../../clock/index.ts'
import { formatDollars } from '../../money/index.ts'
import { ofPage, page, PAGE } from '../page.ts'
import { RefusedError } from '../protocol.ts'
import { detailsOf } from '../run-details.ts'
import { nameOf, type Run } from '../runs.ts'
import { handler, type Handler, type RequestContext } from './handler.ts'

const HOUR_MS = 3_600_000

const secondsOf = ({ startedAt, endedAt }: Run): number => Math.max(0, (endedAt ?? steadyNow()) - startedAt) / 1_000

/** What is compared of a run. */
function measured(run: Run, { store }: RequestContext) {
  const { costs, messages } = detailsOf(run, store)
  const { calls, inputTokens, outputTokens, known, uncertain } = costs.total
  const savings = run.live ? run.live.orchestrator.savings : run.outcome['cache']
  return {
    run,
    duration: secondsOf(run),
    messages,
    calls,
    input: inputTokens,
    output: outputTokens,
    cost: known + uncertain,
    cache: (savings ?? null) as { hits: number; misses: number; saved: bigint | string } | null,
  }
}

type Measured = ReturnType<typeof measured>

const ratio = (value: number, of: number): number | null => (of === 0 ? null : value / of)

function compared(each: Measured, first: Measured): object {
  const { run, duration, messages, calls, input, output, cost, cache } = each
  return {
    orchestration_id: run.id,
    pattern: nameOf(run.pattern),
    state: run.phase,
    duration,
    duration_ratio: ratio(duration, first.duration),
    messages,
    calls,
    input_tokens: input,
    output_tokens: output,
    total_tokens: input + output,
    token_ratio: ratio(input + output, first.input + first.output),
    cost: formatDollars(cost),
    cost_ratio: ratio(Number(cost), Number(first.cost)),
    cache: cache && { hits: cache.hits, misses: cache.misses, saved: formatDollars(BigInt(cache.saved)) },
  }
}

/** Sums and comparisons. */
export const metrics: Readonly<Record<string, Handler>> = {
  'metrics:cost': handler({
    about: 'Shows the known and uncertain cost of all orchestrations, in total and by agent.',
    parameters: {
      last_hours: { type: 'number', about: 'the length of the period before now, in hours', least: 0 },
      orchestration_id: { type: 'text', about: 'only the cost of this orchestration' },
      ...PAGE,
    },
    answer({ last_hours: hours, orchestration_id: id, ...part }, { runs, store }) {
      const run = id === undefined ? undefined : runs.find(id).id
      const sinceMs = hours === undefined ? 0 : Math.max(0, steadyNow() - hours * HOUR_MS)
      const { known, uncertain, calls, input, output, runs: count } = store.spending.total({ sinceMs, run })
      const agents = store.spending.byAgent({ sinceMs, run }, part.offset + part.limit + 1).map((each) => ({
        agent_id: each.run === '' ? each.agent : `${each.run}_${each.agent}`,
        calls: each.calls,
        known: formatDollars(each.known),
        uncertain: formatDollars(each.uncertain),
      }))
      const shown = page(agents, part)
      return {
        known: formatDollars(known),
        uncertain: formatDollars(uncertain),
        calls,
        input_tokens: input,
        output_tokens: output,
        orchestrations: count,
        ...(hours !== undefined && { since: sinceMs / 1_000 }),
        agents: shown.items,
        ...(shown.next !== undefined && { next_offset: shown.next }),
      }
    },
  }),
  'metrics:compare': handler({
    about:
      'Compares orchestrations by duration, tokens, cost and cache. Ratios are relative to the first orchestration.',
    parameters: {
      run1: { type: 'text', about: 'the orchestration_id of the first orchestration' },
      run2: { type: 'text', about: 'the orchestration_id of the second orchestration' },
      orchestration_ids: {
        type: 'texts',
        about: 'two or more orchestration_ids, in place of run1 and run2',
        default: [],
      },
    },
    answer({ run1, run2, orchestration_ids: more }, context) {
      const ids = [run1, run2, ...more].filter((id) => id !== undefined)
      if (ids.length < 2)
        throw new RefusedError('metrics:compare needs run1 and run2, or at least two orchestration_ids.')
      const all = ids.map((id) => measured(context.runs.find(id), context))
      const [first, second] = all as [Measured, Measured]
      const shown = page(
        all.map((each) => compared(each, first)),
        { limit: all.length, offset: 0 },
      )
      return {
        orchestrations: shown.items,
        ...ofPage(shown),
        tokens_saved: first.input + first.output - second.input - second.output,
        cost_saved: formatDollars(first.cost - second.cost),
        seconds_saved: first.duration - second.duration,
      }
    },
  }),
}
