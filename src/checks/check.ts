import type { Duration, Milliseconds } from '../clock/index.ts'
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
}

/** The settings that are on or off: each waives one kind of findings. */
type PartOf<Settings> = { [Name in keyof Settings]-?: Settings[Name] extends boolean ? Name : never }[keyof Settings]

/** Settings as a check reads them: durations are milliseconds. */
type InForce<Settings> = {
  readonly [Name in keyof Settings]: Duration extends Settings[Name] ? Milliseconds : Settings[Name]
}

/** Something that holds in every good run, whoever wrote it. A pure function of the trace. */
export interface Check<Settings extends object> {
  /** What holds, in a sentence. */
  readonly holds: string
  /** Why it matters. */
  readonly why: string
  /** What to do where it does not hold. */
  readonly advice: string
  /**
   * What may be tuned. One that is `true` is a part, which `false` waives: who finds does not look at it, but names it.
   */
  readonly settings: Settings
  /** @internal */
  find(facts: Facts, settings: InForce<Settings>): Iterable<Found<PartOf<Settings> & string>>
}

/** Tells the compiler what kind of check this is. */
export const check = <Settings extends object>(of: Check<Settings>): Check<Settings> => of

/** Names as part of a sentence. */
export const list = (names: readonly string[], most = 5): string =>
  names.length > most ? `${names.slice(0, most).join(', ')} and ${names.length - most} more` : names.join(', ')
