import { CompletionError, type FailureKind } from '../../service/failures.ts'

/** What has happened to an answer: a deadline that ended a pause after a failed try did not let it happen. */
const whatHappened = ({ kind, cause }: CompletionError): FailureKind =>
  kind === 'deadline' && cause instanceof CompletionError ? cause.kind : kind

/**
 * Why a gather has too few answers: that money was lacking says most; else what happened to all of the missing ones. Where some were
 * still under way, or never asked, time was up.
 */
export function kindOf(failures: ReadonlyMap<string | number, CompletionError>, missing: number): FailureKind {
  const kinds = [...failures.values()].map(whatHappened)
  if (kinds.includes('budget')) return 'budget'
  if (kinds.length === 0 || kinds.length < missing || kinds.includes('deadline')) return 'deadline'
  return kinds.at(-1)!
}
