import { formatDuration, type Duration, type Milliseconds } from '../clock/index.ts'
import type { Facts } from './facts.ts'

/** What a check has found. */
export interface Found<Part extends string = never> {
  /** Milliseconds since the start of the run. */
  at: number
  /** What happened, to whom, in plain words. */
  what: string
  /** The calls that it is about. */
  calls?: readonly number[]
  /** The setting that waives findings of this kind alone, where a check has several. */
  part?: Part
  /** Settings of the check with which this would not be one; empty if there are none. Durations are text. */
  tune?: Readonly<Record<string, number | string>>
  /** What is to be said of this finding in the place of what the check says of all. */
  why?: string
  advice?: string
}

/** The settings that are on or off: each waives one kind of findings. */
type PartOf<Settings> = { [Name in keyof Settings]-?: Settings[Name] extends boolean ? Name : never }[keyof Settings]

/** Settings as a check reads them: durations are milliseconds. */
type InForce<Settings> = {
  readonly [Name in keyof Settings]: Duration extends Settings[Name] ? Milliseconds : Settings[Name]
}

/** An invariant that every good run satisfies, as a pure function of the trace. */
export interface Check<Settings extends object> {
  /** The invariant, as one sentence. */
  readonly holds: string
  /** Why the invariant matters, as one sentence. */
  readonly why: string
  /** How to fix a violation, as one sentence. */
  readonly advice: string
  /**
   * The settings with their defaults. A setting that is `true` is a part of the check, and `false` waives that part.
   */
  readonly settings: Settings
  /** @internal */
  find(facts: Facts, settings: InForce<Settings>): Iterable<Found<PartOf<Settings> & string>>
}

/** Tells the compiler what kind of check this is. */
export const check = <Settings extends object>(of: Check<Settings>): Check<Settings> => of

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000]

/** A duration that is at least so long, as the text of a setting. */
export function atLeast(ms: Milliseconds): string {
  const unit = ms < MINUTE ? 1 : ms < HOUR ? 1_000 : ms < DAY ? MINUTE : HOUR
  return formatDuration(Math.ceil(ms / unit) * unit)
}

/** Names as part of a sentence. */
export const list = (names: readonly string[], most = 5): string =>
  names.length > most ? `${names.slice(0, most).join(', ')} and ${names.length - most} more` : names.join(', ')
