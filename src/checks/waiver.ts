import { parseDuration, type Duration } from '../clock/index.ts'
import { CHECKS, type CheckName } from './checks.ts'

/** Settings by their names. Durations are text. */
type Tune = Readonly<Record<string, number | string>>

/** What of a violation tells how to allow it. */
interface Allowable {
  part?: string
  tune?: Tune
}

/** How the violations of one check are waived, and which of its settings would allow them. */
export function waiverText(name: CheckName, all: readonly Allowable[]): string {
  const parts = new Set(all.map(({ part }) => part))
  const [part] = parts
  const waived = parts.size > 1 || part === undefined ? 'false' : `{ ${part}: false }`
  return `waive it: checks: { ${keyOf(name)}: ${waived} }${tunedText(name, all)}`
}

/** The settings with which none of the violations would be one; if they do not tell, those that the check has. */
function tunedText(name: CheckName, all: readonly Allowable[]): string {
  const tunes = all.flatMap(({ tune }) => (tune ? [tune] : []))
  if (tunes.some((tune) => Object.keys(tune).length === 0)) return ''
  if (tunes.length === all.length)
    return `, or allow it: checks: { ${keyOf(name)}: { ${settingsText(tunes.reduce(loosest, {}))} } }`
  if (all.every(({ part }) => part !== undefined)) return ''
  const bounds = Object.entries(CHECKS[name].settings).filter(
    (setting): setting is [string, number | string] => typeof setting[1] === 'number' || typeof setting[1] === 'string',
  )
  if (bounds.length === 0) return ''
  return `, or change a setting of the check (by default ${settingsText(Object.fromEntries(bounds))})`
}

/** For each setting the value that allows the most. */
function loosest(one: Tune, other: Tune): Tune {
  const joined: Record<string, number | string> = { ...one }
  for (const [setting, value] of Object.entries(other)) {
    const known = joined[setting]
    if (known === undefined || sizeOf(value) > sizeOf(known)) joined[setting] = value
  }
  return joined
}

const sizeOf = (value: number | string): number =>
  typeof value === 'number' ? value : parseDuration(value as Duration)

const settingsText = (settings: Tune): string =>
  Object.entries(settings)
    .map(([setting, value]) => `${setting}: ${typeof value === 'string' ? `'${value}'` : value}`)
    .join(', ')

const keyOf = (name: CheckName): string => (/^\w+$/.test(name) ? name : `'${name}'`)
