import { MARKS } from '../model/data.ts'
import { clock } from './format.ts'
import type { Run } from './run.ts'
import type { View } from './view.ts'

const MOST = 300

/** What happened beside calls: restarts, failovers, what the strategy logs. */
export function EventList({ run, view }: { run: Run; view: View }) {
  const { kind, agent, text } = run.model.marks
  const shown = kind.slice(0, MOST)
  return (
    <div class="events" tabIndex={0} role="group" aria-label="Events">
      {shown.length === 0 && <p class="note">The trace contains calls only.</p>}
      <ol>
        {shown.map((code, nth) => (
          <li key={nth}>
            <button onClick={() => view.reveal(run.markAt[nth]!, run.markAt[nth]!)}>
              <span class="when">{clock(run.markAt[nth]!)}</span>
              <b>{MARKS[code]}</b>
              <span>
                {agent[nth]! > 0 && <em>{run.model.strings[agent[nth]!]} </em>}
                {run.model.strings[text[nth]!]}
              </span>
            </button>
          </li>
        ))}
      </ol>
      {kind.length > MOST && <p class="note">… and {kind.length - MOST} more in the trace.</p>}
    </div>
  )
}
