import { isDuration, parseDuration, type Duration } from '../clock/index.ts'
import { suggestion } from '../options/index.ts'
import { CHECKS, type CheckName } from './checks.ts'
import { settingsOfToday, type FormerSettings } from './former-names.ts'

/**
 * Settings of a check. A setting that is `true` by default is a part of the check, and `false` waives only this part. A
 * duration is text such as `'2s'`, or milliseconds.
 */
export type CheckTuning<Name extends CheckName> = {
  readonly [Setting in keyof (typeof CHECKS)[Name]['settings']]?: (typeof CHECKS)[Name]['settings'][Setting]
} & Readonly<Pick<FormerSettings, keyof FormerSettings & `${string & keyof (typeof CHECKS)[Name]['settings']}Ms`>>

/** Checks that are waived (`false`) or tuned, by name. */
export type CheckSettings = { readonly [Name in CheckName]?: false | CheckTuning<Name> }

/** Thrown for settings of an unknown check, and for invalid settings of a check. */
export class InvalidCheckError extends Error {
  override readonly name = 'InvalidCheckError'
  readonly code = 'LONGHAUL_INVALID_CHECK'
}

/** Joins settings; the later ones win, each for itself. What is undefined is left out. */
export function joinChecks(...layers: readonly CheckSettings[]): CheckSettings {
  const joined: Record<string, false | object> = {}
  for (const layer of layers)
    for (const [name, tuned] of Object.entries(layer) as [string, false | object | undefined][])
      if (tuned === false) joined[name] = false
      else if (tuned !== undefined) joined[name] = { ...joined[name], ...settingsOfToday(tuned) }
  return joined
}

/** The settings of a check that were checked, with its own for those that are left out. Durations are milliseconds. */
export function settingsInForce(name: CheckName, tuned: object = {}): Readonly<Record<string, unknown>> {
  const defaults = CHECKS[name].settings as Readonly<Record<string, unknown>>
  const given: Readonly<Record<string, unknown>> = { ...defaults, ...settingsOfToday(tuned) }
  return Object.fromEntries(
    Object.entries(given).map(([setting, value]) => [
      setting,
      typeof defaults[setting] === 'string' ? parseDuration(value as Duration) : value,
    ]),
  )
}

/** @throws InvalidCheckError */
export function checkSettings(settings: CheckSettings): void {
  for (const [name, tuned] of Object.entries(settings) as [string, unknown][]) {
    if (!Object.hasOwn(CHECKS, name))
      throw new InvalidCheckError(`There is no check "${name}". ${suggestion(name, Object.keys(CHECKS))}`)
    if (tuned === undefined || tuned === false) continue
    if (typeof tuned !== 'object' || tuned === null)
      throw new InvalidCheckError(
        `The check "${name}" is given ${JSON.stringify(tuned)}. Give false to waive it, or an object with its settings.`,
      )
    for (const [setting, value] of Object.entries(settingsOfToday(tuned)))
      checkSetting(name as CheckName, setting, value)
  }
}

/** What a setting may be, by the type of its default: the only texts are durations. */
const KINDS: Readonly<
  Record<string, { called: string; isRight: (value: unknown) => boolean; advice: string } | undefined>
> = {
  boolean: {
    called: 'part',
    isRight: (value) => typeof value === 'boolean',
    advice: 'Give false to waive it.',
  },
  number: {
    called: 'setting',
    isRight: (value) => typeof value === 'number' && value >= 0,
    advice: 'Give a number of at least 0.',
  },
  string: {
    called: 'setting',
    isRight: isDuration,
    advice: "Give a duration, such as '2s', or milliseconds as a number of at least 0.",
  },
}

function checkSetting(name: CheckName, setting: string, value: unknown): void {
  const known = CHECKS[name].settings as Readonly<Record<string, unknown>>
  if (!Object.hasOwn(known, setting))
    throw new InvalidCheckError(
      `The check "${name}" has no setting "${setting}". ${suggestion(setting, Object.keys(known)) || 'This check has no settings.'}`,
    )
  const kind = KINDS[typeof known[setting]]
  const told = `"${setting}" of the check "${name}" is ${typeof value === 'number' ? value : JSON.stringify(value)}`
  if (kind && !kind.isRight(value)) throw new InvalidCheckError(`The ${kind.called} ${told}. ${kind.advice}`)
}
