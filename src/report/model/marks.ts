import { formatDollars } from '../../money/amount.ts'
import type { TraceEvent } from '../../trace/events.ts'
import { MARKS, type MarkColumns, type MarkName } from './data.ts'
import { shownText, type Strings } from './strings.ts'

type Mark = [kind: MarkName, agent: string | null, text: string]

/** An effect of the strategy that keeps where the run stands. */
const CHECKPOINT = 'checkpoint'

/** What an event shows as a point; nothing for one that shows otherwise, or not at all. */
function markOf(event: TraceEvent): Mark | undefined {
  switch (event.type) {
    case 'run.started':
      return ['run started', null, event.name]
    case 'run.ended':
      return ['run ended', null, event.status === 'failed' ? `failed: ${event.error}: ${event.message}` : 'completed']
    case 'run.resumed':
      return ['resumed', null, `with ${event.uncertain} call(s) that were in flight at the stop`]
    case 'run.cancelled':
      return ['log', null, 'the test cancelled the run']
    case 'agent.spawned':
      // The lane says that it is there.
      return event.at > 0 ? ['spawned', event.agent, 'spawned'] : undefined
    case 'agent.terminated':
      return ['terminated', event.agent, event.reason]
    case 'agent.hung':
      return ['hung', event.agent, `no progress for ${event.sinceMs / 1_000} s`]
    case 'agent.restarted':
      return ['restarted', event.agent, `restart ${event.restarts}`]
    case 'model.fellBack':
      return ['model replaced', event.agent, `${event.model} in place of its own model: ${event.reason}`]
    case 'cache.hit':
      return [
        'cache hit',
        event.agent,
        `answered from the cache (similarity ${event.similarity.toFixed(3)}), ${formatDollars(event.saved)} saved`,
      ]
    case 'budget.refused':
      return [
        'budget refused',
        event.agent,
        `${event.model} may cost ${formatDollars(event.worst)}, and ${formatDollars(event.left)} of the budget remains`,
      ]
    case 'attempt.failed':
      return event.retryInMs === null
        ? ['gave up', event.agent, `${event.target}, attempt ${event.attempt}: ${event.kind}: ${event.message}`]
        : undefined
    case 'call.refused':
      return event.call === null
        ? ['refused', event.agent, `${event.method} ${event.host}${event.path}: ${event.message}`]
        : undefined
    case 'effect.started':
      return event.kind === CHECKPOINT ? ['checkpoint', null, `line ${event.line}`] : undefined
    case 'clock.stuck':
      return ['stuck', null, event.message]
    case 'log':
      return ['log', null, event.text]
    case 'note':
      return ['log', null, event.text]
    case 'watch.threw':
      return ['log', null, `${event.name} threw: ${event.message}`]
    default:
      return undefined
  }
}

/** The points in time of a trace. */
export function markColumns(events: readonly TraceEvent[], strings: Strings): MarkColumns {
  const columns: MarkColumns = { kind: [], at: [], agent: [], text: [] }
  let before = 0
  for (const event of events) {
    const mark = markOf(event)
    if (!mark) continue
    const [kind, agent, text] = mark
    const at = Math.round(event.at)
    columns.kind.push(MARKS.indexOf(kind))
    columns.at.push(at - before)
    columns.agent.push(strings.of(agent))
    columns.text.push(strings.of(shownText(text, 300)))
    before = at
  }
  return columns
}
