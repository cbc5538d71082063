import { parseDuration, type Duration } from '../clock/index.ts'
import { CHECKS, type CheckName } from './checks.ts'

/** What may be tuned of a check. What is `true` by default is a part of it, which `false` waives alone. */
export type CheckTuning<Name extends CheckName> = {
  readonly [Setting in keyof (typeof CHECKS)[Name]['settings']]?: (typeof CHECKS)[Name]['settings'][Setting]
}

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
      else if (tuned !== undefined) joined[name] = { ...joined[name], ...given(name, tuned) }
  return joined
}

/** Whether a setting is one of a check. */
const isSetting = (check: string, setting: string): boolean =>
  Object.hasOwn(CHECKS, check) && Object.hasOwn(CHECKS[check as CheckName].settings, setting)

/** The name of today of a setting: durations were numbers of milliseconds, as in `graceMs`. */
function settingOfToday(check: string, setting: string): string {
  const bare = setting.replace(/Ms$/, '')
  return !isSetting(check, setting) && isSetting(check, bare) ? bare : setting
}

const given = (check: string, tuned: object): object =>
  Object.fromEntries(
    Object.entries(tuned).flatMap(([setting, value]) =>
      value === undefined ? [] : [[settingOfToday(check, setting), value as unknown]],
    ),
  )

/** @throws InvalidCheckError */
export function checkSettings(settings: CheckSettings): void {
  for (const [name, tuned] of Object.entries(settings) as [string, unknown][]) {
    if (!Object.hasOwn(CHECKS, name))
      throw new InvalidCheckError(`There is no check "${name}". There are: ${Object.keys(CHECKS).join(', ')}.`)
    if (tuned === undefined || tuned === false) continue
    if (typeof tuned !== 'object' || tuned === null)
      throw new InvalidCheckError(
        `The check "${name}" is given ${JSON.stringify(tuned)}. Give false to waive it, or an object with its settings.`,
      )
    for (const [setting, value] of Object.entries(given(name, tuned))) checkSetting(name as CheckName, setting, value)
  }
}

function isDuration(value: unknown): boolean {
  try {
    parseDuration(value as Duration)
    return true
  } catch {
    return false
  }
}

function checkSetting(name: CheckName, setting: string, value: unknown): void {
  const known = CHECKS[name].settings as Readonly<Record<string, unknown>>
  if (!Object.hasOwn(known, setting))
    throw new InvalidCheckError(
      `The check "${name}" has no setting "${setting}". ${Object.keys(known).length > 0 ? `There are: ${Object.keys(known).join(', ')}.` : 'It has none.'}`,
    )
  const kind = typeof known[setting]
  if (kind === 'boolean' && typeof value !== 'boolean')
    throw new InvalidCheckError(
      `The part "${setting}" of the check "${name}" is ${JSON.stringify(value)}. Give false to waive it.`,
    )
  if (kind === 'number' && !(typeof value === 'number' && value >= 0))
    throw new InvalidCheckError(
      `The setting "${setting}" of the check "${name}" is ${typeof value === 'number' ? value : JSON.stringify(value)}. Give a number of at least 0.`,
    )
  if (kind === 'string' && !isDuration(value))
    throw new InvalidCheckError(
      `The setting "${setting}" of the check "${name}" is ${typeof value === 'number' ? value : JSON.stringify(value)}. Give a duration, such as '2s', or milliseconds as a number of at least 0.`,
    )
}
