import type { Pattern } from '../../pattern/index.ts'
import type { RunStore, SavedRun } from '../../store/index.ts'
import { millisecondsOf, type Json } from '../../strategy/index.ts'
import type { Costs } from '../money/costs.ts'
import type { Completer } from '../questions/completer.ts'
import type { Team } from '../team/team.ts'
import { Journal, ResumeError, type JournalSource } from './journal.ts'
import type { RunState } from './state.ts'

/** A run whose store is known. */
interface KeptRun {
  store: RunStore
  run: string
  pattern: Pattern
  source: JournalSource
  /** What is kept of it, where it goes on. */
  saved: (SavedRun & { state: RunState }) | undefined
}

/**
 * Begins to keep a run: what its parts spend, answer and try again from now on is written.
 *
 * @throws ResumeError for a new run whose name is taken
 */
export function keepRun(
  { store, run, pattern, source, saved }: KeptRun,
  { costs, team, completer }: { costs: Costs; team: Team; completer: Completer },
): Journal {
  if (!saved && store.load(run))
    throw new ResumeError(`${store.file} already has a run "${run}". Resume this run, or choose another name.`)
  const journal = new Journal(store, { run, pattern, source, saved })
  costs.keepIn(journal)
  team.keepIn(journal)
  completer.onRetry(() => journal.retried())
  if (!saved) journal.save('running')
  return journal
}

/** Checkpoints in time, by the variables `enable_checkpoints` and `checkpoint_interval` (default 10 m). */
export function checkpointEvery(
  { enable_checkpoints: enabled, checkpoint_interval: interval = '10m' }: Readonly<Record<string, Json>>,
  checkpoint: () => void,
): NodeJS.Timeout | undefined {
  return enabled ? setInterval(checkpoint, millisecondsOf(interval)) : undefined
}
